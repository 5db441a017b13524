"""A wallet's transactions from any Solana node: signatures first, then each transaction.

https://solana.com/docs/rpc/http/getsignaturesforaddress, .../gettransaction
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from enrichment.providers.solana.accounts import token_accounts_of
from enrichment.providers.solana.merging import Piece
from enrichment.providers.solana.paging import AccountPages
from enrichment.providers.solana.reading import OPTIONS, read_transaction
from enrichment.providers.solana.records import Page, Position, RawTransaction
from enrichment.providers.solana.rpc import Call, Rpc
from jobs.errors import Transient

_LISTED = 100  # signatures in one piece of an account's list
_AHEAD, _FEWEST = 10_000, 5  # signatures read ahead of all lists together, and of each at least


@dataclass(frozen=True, slots=True)
class Signature:
    """A line of getSignaturesForAddress."""

    signature: str
    slot: int


@dataclass(frozen=True)
class PlainRpc:
    """A `TransactionSource` over the methods that every node has."""

    rpc: Rpc
    name: str = "plain RPC"

    def pages(
        self, address: str, *, before: Position | None, until: Position | None, size: int
    ) -> Iterator[Page]:
        """See `TransactionSource`."""
        accounts = [account.address for account in token_accounts_of(self.rpc, address)]
        return AccountPages(address, self._list, self._load, self._begin).walk(accounts, before, until, size)

    def _list(self, account: str, before: str | None) -> Piece[Signature]:
        method, params = _listing(account, before, _LISTED)
        return self.rpc.call(method, params, partial(_signatures, _LISTED))

    def _begin(self, accounts: list[str], before: str | None) -> list[Piece[Signature]]:
        """Of many accounts less each: most hold a transaction or two, and all of it is kept in memory."""
        piece = max(_FEWEST, min(_LISTED, _AHEAD // len(accounts)))
        calls = [_listing(account, before, piece) for account in accounts]
        return self.rpc.call_many(calls, partial(_signatures, piece))

    def _load(self, signatures: Sequence[Signature]) -> list[RawTransaction]:
        calls = [("getTransaction", [item.signature, OPTIONS]) for item in signatures]
        answers = self.rpc.call_many(calls, _transaction)
        found = [answer for answer in answers if answer is not None]
        if len(found) < len(signatures):
            missing = signatures[answers.index(None)].signature
            raise Transient(f"{self.name} lists {missing} but does not have it (yet)")
        return found


def _listing(account: str, before: str | None, limit: int) -> Call:
    options = {"limit": limit, "commitment": "finalized"} | ({"before": before} if before else {})
    return "getSignaturesForAddress", [account, options]


def _signatures(limit: int, lines: Any) -> Piece[Signature]:
    """A node answers with as many as it was asked for, as long as there are any."""
    return [Signature(line["signature"], line["slot"]) for line in lines], len(lines) < limit


def _transaction(answer: Any) -> RawTransaction | None:
    return read_transaction(answer) if answer else None
