"""A wallet's transactions by the RPC method getTransactionsForAddress: whole ones, token accounts included.

https://www.helius.dev/docs/rpc/gettransactionsforaddress (also at QuickNode; needs a paid plan)
Of the choices for token accounts, `balanceChanged` is what a history needs: a transaction that mentions
neither the wallet nor moves one of its token balances changes nothing for it; `all` would add such noise.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from enrichment.providers.solana.reading import OPTIONS, read_transaction
from enrichment.providers.solana.records import Page, Position, RawTransaction
from enrichment.providers.solana.rpc import Rpc

_MOST = 100  # whole transactions in one answer; the method allows 1,000, too many to hold at once


@dataclass(frozen=True)
class TransactionsForAddress:
    """A `TransactionSource` over one method."""

    rpc: Rpc
    name: str = "getTransactionsForAddress"

    def pages(
        self, address: str, *, before: Position | None, until: Position | None, size: int
    ) -> Iterator[Page]:
        """See `TransactionSource`."""
        options = _options(before, until, min(size, _MOST))
        while True:
            found, token = self.rpc.call("getTransactionsForAddress", [address, options], _read)
            if found:
                yield Page(found, Position(found[-1].slot, found[-1].signature))
            if not token:
                return
            options = {**options, "paginationToken": token}


def _read(answer: Any) -> tuple[tuple[RawTransaction, ...], str]:
    """The transactions of an answer, and how to ask for the next ones; empty at the end."""
    return tuple(read_transaction(item) for item in answer["data"]), answer.get("paginationToken") or ""


def _options(before: Position | None, until: Position | None, limit: int) -> dict[str, Any]:
    """The walk's bounds: a slot is repeated rather than cut, as another source may have ended inside it."""
    filters: dict[str, Any] = {"tokenAccounts": "balanceChanged"}
    slots = ({"lte": before.slot} if before else {}) | ({"gte": until.slot} if until else {})
    if slots:
        filters["slot"] = slots
    return {
        **OPTIONS,
        "transactionDetails": "full",
        "sortOrder": "desc",
        "limit": limit,
        "filters": filters,
    }
