"""Who sent what to whom in a transaction, read from its instructions."""

from dataclasses import dataclass

from spl.token.constants import WRAPPED_SOL_MINT

from sandbox.solana.parsing import understood
from sandbox.solana.records import TransactionRecord
from sandbox.solana.rendering import all_steps

SOL_MINT = str(WRAPPED_SOL_MINT)
TOKEN_SENDING = {"transfer", "transferChecked"}
TOKEN_MINTING = {"mintTo", "mintToChecked"}
TOKEN_BURNING = {"burn", "burnChecked"}


@dataclass(frozen=True)
class Holding:
    """A token account as far as a transaction tells."""

    owner: str
    mint: str
    decimals: int


@dataclass(frozen=True)
class Movement:
    """An amount in base units on its way; native: lamports. Owners are "" where coins are made or burnt."""

    sender: str
    receiver: str
    amount: int
    mint: str
    decimals: int
    native: bool
    source: str = ""  # token accounts
    target: str = ""
    rent: bool = False  # lamports put into a new account


def movements(record: TransactionRecord) -> list[Movement]:
    """Every movement in the order of execution; none for a failed transaction."""
    if record.effects.error is not None:
        return []
    holdings = _holdings(record)
    found = []
    for step in all_steps(record):
        meaning = understood(step)
        if isinstance(meaning, dict):
            movement = _movement(meaning["type"], meaning["info"], holdings)
            found += [movement] if movement else []
    return found


def _holdings(record: TransactionRecord) -> dict[str, Holding]:
    """The token accounts of a transaction, those included that it opened and closed."""
    effects, found = record.effects, {}
    decimals = {SOL_MINT: 9}
    for balance in (*effects.pre_tokens, *effects.post_tokens):
        address = record.addresses[balance.index]
        found[address] = Holding(balance.owner, balance.mint, balance.decimals)
        decimals[balance.mint] = balance.decimals
    for step in all_steps(record):
        meaning = understood(step)
        if isinstance(meaning, dict) and meaning["type"] in ("create", "createIdempotent"):
            info = meaning["info"]
            holding = Holding(info["wallet"], info["mint"], decimals.get(info["mint"], 0))
            found.setdefault(info["account"], holding)
    return found


def _movement(kind: str, info: dict[str, object], holdings: dict[str, Holding]) -> Movement | None:
    if "lamports" in info:
        target = str(info.get("destination") or info.get("newAccount"))
        lamports = int(str(info["lamports"]))
        return Movement(
            str(info["source"]), target, lamports, SOL_MINT, 9, native=True, rent=kind == "createAccount"
        )
    amount = info.get("tokenAmount")
    raw = int(str(amount["amount"] if isinstance(amount, dict) else info.get("amount", 0)))
    source = target = ""
    if kind in TOKEN_SENDING:
        source, target = str(info["source"]), str(info["destination"])
    elif kind in TOKEN_MINTING:
        target = str(info["account"])
    elif kind in TOKEN_BURNING:
        source = str(info["account"])
    known = holdings.get(source) or holdings.get(target)
    if known is None:
        return None
    sender = holdings[source].owner if source in holdings else ""
    receiver = holdings[target].owner if target in holdings else ""
    return Movement(sender, receiver, raw, known.mint, known.decimals, False, source, target)
