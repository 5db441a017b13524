"""What the chain holds now: balances, token accounts, mints. Any node serves these."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from enrichment.providers.solana.programs import TOKEN_PROGRAMS
from enrichment.providers.solana.rpc import Rpc

_AT_ONCE = 100  # accounts in one getMultipleAccounts


@dataclass(frozen=True, slots=True)
class TokenAccount:
    """A token account and what it holds, in base units."""

    address: str
    mint: str
    amount: int
    decimals: int


def lamports_of(rpc: Rpc, owner: str) -> int:
    """The owner's native balance; 0 for an address that was never used."""
    options = {"commitment": "finalized"}
    return rpc.call("getBalance", [owner, options], lambda result: int(result["value"]))


def token_accounts_of(rpc: Rpc, owner: str) -> list[TokenAccount]:
    """The owner's open token accounts, of both token programs."""
    options = {"encoding": "jsonParsed", "commitment": "finalized"}
    calls = [
        ("getTokenAccountsByOwner", [owner, {"programId": program}, options]) for program in TOKEN_PROGRAMS
    ]
    return [account for accounts in rpc.call_many(calls, _token_accounts) for account in accounts]


def decimals_of(rpc: Rpc, mints: Sequence[str]) -> dict[str, int]:
    """The decimals of each mint; one that is no mint (any more) is left out."""
    parts = [list(mints[start : start + _AT_ONCE]) for start in range(0, len(mints), _AT_ONCE)]
    calls = [("getMultipleAccounts", [part, {"encoding": "jsonParsed"}]) for part in parts]
    listed = [places for answer in rpc.call_many(calls, _decimals) for places in answer]
    return {mint: places for mint, places in zip(mints, listed, strict=True) if places is not None}


def _decimals(answer: Any) -> list[int | None]:
    """Of each account in the answer; None for one that is no mint."""
    found = [account["data"] if account else None for account in answer["value"]]
    return [
        int(data["parsed"]["info"]["decimals"])
        if isinstance(data, dict) and data["parsed"]["type"] == "mint"
        else None
        for data in found
    ]


def _token_accounts(answer: Any) -> list[TokenAccount]:
    return [_token_account(row) for row in answer["value"]]


def _token_account(row: dict[str, Any]) -> TokenAccount:
    info = row["account"]["data"]["parsed"]["info"]
    amount = info["tokenAmount"]
    return TokenAccount(row["pubkey"], info["mint"], int(amount["amount"]), int(amount["decimals"]))
