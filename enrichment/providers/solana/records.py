"""A transaction as every source tells it: facts only, in base units, no meaning yet."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction, outer or inner."""

    program: str
    accounts: tuple[str, ...]
    data: bytes


@dataclass(frozen=True, slots=True)
class TokenChange:
    """By how much a token account's balance changed; never zero."""

    account: str
    owner: str
    mint: str
    change: int


@dataclass(frozen=True, slots=True)
class Holding:
    """Whose a token account is, and for which mint."""

    owner: str
    mint: str


@dataclass(frozen=True, slots=True)
class RawTransaction:
    """What happened, whoever asks.

    `time` is in seconds since 1970, `fee` in lamports. `lamports` and `tokens` hold changes only;
    `holdings` the token accounts that the source names. `instructions` are those of
    the programs in `programs.UNDERSTOOD`, outer and inner, in the order of execution.
    """

    signature: str
    slot: int
    time: int
    fee: int
    fee_payer: str
    failed: bool
    lamports: dict[str, int]
    tokens: tuple[TokenChange, ...]
    holdings: dict[str, Holding]
    instructions: tuple[Instruction, ...]


@dataclass(frozen=True, slots=True)
class Position:
    """A transaction as a place in the chain; `accounts` are closed token accounts met on the way to it."""

    slot: int
    signature: str
    accounts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """Transactions, newest first. `end` is the last one's place: the next page begins below it."""

    transactions: tuple[RawTransaction, ...]
    end: Position


class TransactionSource(Protocol):
    """Where a wallet's transactions come from, its token accounts' included.

    All sources yield the same transactions in the same order, but for those of one slot whose order the
    source does not tell, and but for some that change nothing for the wallet. One may come twice.
    """

    @property
    def name(self) -> str:
        """How the source is called in results and logs."""

    def pages(
        self, address: str, *, before: Position | None, until: Position | None, size: int
    ) -> Iterator[Page]:
        """Pages of about `size`, from below `before` (or the tip) down to above `until` (or the first).

        Raises RateLimited, Transient, Permanent (see `enrichment.providers.http`).
        """
