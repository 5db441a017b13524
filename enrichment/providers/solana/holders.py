"""Who holds a token, and who may still change it, as any node tells.

https://solana.com/docs/rpc/http/gettokenlargestaccounts, .../gettokensupply, .../getaccountinfo
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from solders.pubkey import Pubkey

from enrichment.providers.solana.programs import TOKEN_2022
from enrichment.providers.solana.rpc import Rpc
from jobs.errors import Permanent

_PARSED = {"encoding": "jsonParsed", "commitment": "finalized"}
LARGEST = 20  # accounts that a node lists at most


@dataclass(frozen=True, slots=True)
class Holder:
    """All that an owner holds in the accounts listed, in base units. `is_program`: no key can sign for it."""

    owner: str
    amount: int
    is_program: bool


@dataclass(frozen=True, slots=True)
class Holders:
    """The largest holders, largest first; `complete`: there are no others. Amounts in base units."""

    supply: int
    holders: tuple[Holder, ...]
    complete: bool


@dataclass(frozen=True, slots=True)
class MintFacts:
    """A mint account: who may make more of the token or freeze it, and what its program lets happen.

    `extensions` are those of Token-2022, by the names of the RPC (such as permanentDelegate).
    """

    mint_authority: str | None
    freeze_authority: str | None
    token_2022: bool
    extensions: tuple[str, ...]


def holders_of(rpc: Rpc, mint: str) -> Holders:
    """The owners of the twenty largest accounts. Raises what the node raises."""
    options = {"commitment": "finalized"}
    listed = rpc.call("getTokenLargestAccounts", [mint, options], _largest)
    supply = rpc.call("getTokenSupply", [mint, options], lambda result: int(result["value"]["amount"]))
    amounts: dict[str, int] = defaultdict(int)
    for account, owner in _owners(rpc, list(listed)).items():
        amounts[owner] += listed[account]
    holders = [Holder(owner, amount, _is_program(owner)) for owner, amount in amounts.items() if amount]
    return Holders(
        supply,
        tuple(sorted(holders, key=lambda holder: (-holder.amount, holder.owner))),
        complete=len(listed) < LARGEST,
    )


def mint_facts(rpc: Rpc, mint: str) -> MintFacts:
    """What the mint account says. Permanent when there is no mint at this address."""
    facts = rpc.call("getAccountInfo", [mint, _PARSED], _facts)
    if facts is None:
        raise Permanent(f"there is no token at {mint}")
    return facts


def _facts(answer: Any) -> MintFacts | None:
    account = answer["value"]
    parsed = account["data"] if account else None
    if not isinstance(parsed, dict) or parsed["parsed"]["type"] != "mint":
        return None
    info = parsed["parsed"]["info"]
    return MintFacts(
        info.get("mintAuthority"),
        info.get("freezeAuthority"),
        account["owner"] == TOKEN_2022,
        tuple(one["extension"] for one in info.get("extensions") or ()),
    )


def _owners(rpc: Rpc, accounts: list[str]) -> dict[str, str]:
    """The owner of each token account that is still there."""
    if not accounts:
        return {}
    found = rpc.call("getMultipleAccounts", [accounts, _PARSED], _owner_of_each)
    return {account: owner for account, owner in zip(accounts, found, strict=True) if owner}


def _largest(answer: Any) -> dict[str, int]:
    return {row["address"]: int(row["amount"]) for row in answer["value"]}


def _owner_of_each(answer: Any) -> list[str]:
    """Empty for an account that is gone."""
    return [
        row["data"]["parsed"]["info"]["owner"] if row and isinstance(row["data"], dict) else ""
        for row in answer["value"]
    ]


def _is_program(owner: str) -> bool:
    """An address off the curve has no private key: a program's, such as a pool's or a lock's."""
    return not Pubkey.from_string(owner).is_on_curve()
