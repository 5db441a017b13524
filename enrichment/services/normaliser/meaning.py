"""What a transaction meant for one wallet. Amounts are positive, in base units; SOL goes by its mint."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Leg:
    """One asset given for another: a swap, or one of the several swaps of a transaction."""

    sold_mint: str
    sold_amount: int
    bought_mint: str
    bought_amount: int
    counterparty: str


@dataclass(frozen=True, slots=True)
class Transfer:
    """An asset that came or went for nothing. Income is what came and is not money (SOL, dollars)."""

    kind: Literal["transfer", "income"]
    incoming: bool
    mint: str
    amount: int
    counterparty: str


@dataclass(frozen=True, slots=True)
class Meaning:
    """One transaction as its wallet sees it.

    `fee` and `rent` are lamports that the wallet paid itself; rent is what lies in new token accounts, less
    what came back from closed ones, and is part of no leg or transfer. A failed one costs its fee.
    """

    failed: bool
    fee: int
    rent: int
    legs: tuple[Leg, ...] = ()
    transfers: tuple[Transfer, ...] = ()
