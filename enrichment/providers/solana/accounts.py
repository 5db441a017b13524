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
    return int(rpc.call("getBalance", owner, {"commitment": "finalized"})["value"])


def token_accounts_of(rpc: Rpc, owner: str) -> list[TokenAccount]:
    """The owner's open token accounts, of both token programs."""
    options = {"encoding": "jsonParsed", "commitment": "finalized"}
    answers = rpc.call_many(
        [("getTokenAccountsByOwner", [owner, {"programId": program}, options]) for program in TOKEN_PROGRAMS]
    )
    return [_token_account(row) for answer in answers for row in answer["value"]]


def decimals_of(rpc: Rpc, mints: Sequence[str]) -> dict[str, int]:
    """The decimals of each mint; one that is no mint (any more) is left out."""
    parts = [list(mints[start : start + _AT_ONCE]) for start in range(0, len(mints), _AT_ONCE)]
    answers = rpc.call_many([("getMultipleAccounts", [part, {"encoding": "jsonParsed"}]) for part in parts])
    found = {}
    for part, answer in zip(parts, answers, strict=True):
        for mint, account in zip(part, answer["value"], strict=True):
            data = account["data"] if account else None
            if isinstance(data, dict) and data["parsed"]["type"] == "mint":
                found[mint] = int(data["parsed"]["info"]["decimals"])
    return found


def _token_account(row: dict[str, Any]) -> TokenAccount:
    info = row["account"]["data"]["parsed"]["info"]
    amount = info["tokenAmount"]
    return TokenAccount(row["pubkey"], info["mint"], int(amount["amount"]), int(amount["decimals"]))
