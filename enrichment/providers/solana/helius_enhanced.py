"""A wallet's transactions from Helius Enhanced Transactions: 100 whole ones in a request.

https://www.helius.dev/docs/api-reference/enhanced-transactions/gettransactionsbyaddress
Amounts are read from `rawTokenAmount` and from the instructions, never from the floats.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from enrichment.providers.http import Service
from enrichment.providers.solana.accounts import token_accounts_of
from enrichment.providers.solana.base58 import decoded
from enrichment.providers.solana.merging import Piece
from enrichment.providers.solana.paging import AccountPages
from enrichment.providers.solana.programs import UNDERSTOOD
from enrichment.providers.solana.records import (
    Holding,
    Instruction,
    Page,
    Position,
    RawTransaction,
    TokenChange,
)
from enrichment.providers.solana.rpc import Rpc

_MOST = 100  # transactions in one answer


@dataclass(frozen=True)
class HeliusEnhanced:
    """A `TransactionSource` over `GET /v0/addresses/{address}/transactions`."""

    service: Service
    url: str
    key: str = field(repr=False)
    rpc: Rpc = field(repr=False)  # for the list of token accounts; its address may hold the key
    name: str = "Helius enhanced"

    def pages(
        self, address: str, *, before: Position | None, until: Position | None, size: int
    ) -> Iterator[Page]:
        """See `TransactionSource`."""
        accounts = [account.address for account in token_accounts_of(self.rpc, address)]
        return AccountPages(address, self._list, _loaded).walk(accounts, before, until, size)

    def _list(self, account: str, before: str | None) -> Piece[RawTransaction]:
        query = {"api-key": self.key, "limit": _MOST} | ({"before": before} if before else {})
        return self.service.get(f"{self.url}/v0/addresses/{account}/transactions", query, _read)


def _read(items: Any) -> Piece[RawTransaction]:
    """A short answer is not the last one: Helius leaves out what it cannot read."""
    found = [read_enhanced(item) for item in items]
    return found, not found


def _loaded(items: Sequence[RawTransaction]) -> list[RawTransaction]:
    return list(items)


def read_enhanced(item: Mapping[str, Any]) -> RawTransaction:
    """One item of the answer."""
    changes = tuple(_token_changes(item))
    return RawTransaction(
        signature=item["signature"],
        slot=item["slot"],
        time=item["timestamp"],
        fee=item["fee"],
        fee_payer=item["feePayer"],
        failed=bool(item["transactionError"]),
        lamports={
            row["account"]: row["nativeBalanceChange"]
            for row in item["accountData"]
            if row["nativeBalanceChange"]
        },
        tokens=tuple(sorted(changes, key=lambda change: change.account)),
        holdings=_holdings(item) | {change.account: Holding(change.owner, change.mint) for change in changes},
        instructions=tuple(_instructions(item)),
    )


def _token_changes(item: Mapping[str, Any]) -> Iterator[TokenChange]:
    for row in item["accountData"]:
        for change in row["tokenBalanceChanges"]:
            amount = int(change["rawTokenAmount"]["tokenAmount"])
            if amount:
                yield TokenChange(change["tokenAccount"], change["userAccount"], change["mint"], amount)


def _holdings(item: Mapping[str, Any]) -> dict[str, Holding]:
    """Token accounts that transfers name, for those whose balance came out unchanged."""
    return {
        move[f"{side}TokenAccount"]: Holding(move[f"{side}UserAccount"], move["mint"])
        for move in item["tokenTransfers"]
        for side in ("from", "to")
        if move.get(f"{side}TokenAccount") and move.get(f"{side}UserAccount")
    }


def _instructions(item: Mapping[str, Any]) -> Iterator[Instruction]:
    for outer in item["instructions"]:
        for one in (outer, *outer.get("innerInstructions", ())):
            if one["programId"] in UNDERSTOOD:
                yield Instruction(one["programId"], tuple(one["accounts"]), decoded(one["data"]))
