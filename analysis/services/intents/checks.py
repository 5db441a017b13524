"""The checks of a strategy: each looks at one thing and answers with a reason, or None when it is content.

They are pure: everything they may know is in the facts.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from analysis.models import Intent
from analysis.services.intents.facts import Facts

Parameters = Mapping[str, Any]
Check = Callable[[Intent, Facts, Parameters], str | None]

ETHER = 10**18
GWEI = 10**9
_NOBODY = "0x" + "0" * 40


def structure(intent: Intent, _facts: Facts, _: Parameters) -> str | None:
    """The intent makes sense by itself."""
    if intent.recipient == _NOBODY:
        return "The recipient is the zero address: what goes there is lost."
    if intent.kind != Intent.Kind.CALL and intent.amount <= 0:
        return "A transfer of nothing."
    if intent.kind != Intent.Kind.CALL and intent.recipient == intent.sender:
        return "Sender and recipient are the same account."
    return None


def expiry(intent: Intent, facts: Facts, _: Parameters) -> str | None:
    """There is time left."""
    if intent.expires_at is not None and intent.expires_at <= facts.now:
        return f"Expired at {intent.expires_at:%Y-%m-%d %H:%M:%S} UTC."
    return None


def chain(intent: Intent, facts: Facts, parameters: Parameters) -> str | None:
    """The chain is the node's, and one that the strategy serves (`allowed`: ids; without it all)."""
    wanted = intent.chain_id or facts.chain_id
    allowed = parameters.get("allowed")
    if wanted != facts.chain_id:
        return f"Chain {wanted} is not supported: the node is on chain {facts.chain_id}."
    if allowed and wanted not in allowed:
        return f"The strategy does not serve chain {wanted}."
    return None


def token(intent: Intent, facts: Facts, parameters: Parameters) -> str | None:
    """The token is a contract, and one that the strategy knows (`allowed`: addresses; without it all)."""
    allowed = {address.lower() for address in parameters.get("allowed", ())}
    if not intent.token:
        return None
    if not facts.token_is_contract:
        return f"There is no contract at {intent.token}, so it is no token."
    if allowed and intent.token.lower() not in allowed:
        return f"The strategy does not serve the token {intent.token}."
    return None


def balance(intent: Intent, facts: Facts, _: Parameters) -> str | None:
    """The sender has what is to be given, and the fee when it pays for itself."""
    fee = 0 if facts.sender_is_contract else facts.gas * facts.gas_price
    value = 0 if intent.token else int(intent.amount)
    if facts.balance < value + fee:
        return f"Needs {ether(value + fee)} ETH with the fee; the sender has {ether(facts.balance)}."
    if intent.token and facts.token_is_contract and facts.token_balance < intent.amount:
        return f"Needs {int(intent.amount)} base units of the token; the sender has {facts.token_balance}."
    return None


def price(intent: Intent, facts: Facts, parameters: Parameters) -> str | None:
    """Gas costs no more than the intent (or the strategy: `most_gwei`) bears."""
    bounds = [int(intent.max_gas_price)] if intent.max_gas_price is not None else []
    bounds += [int(parameters["most_gwei"] * GWEI)] if "most_gwei" in parameters else []
    if bounds and facts.gas_price > min(bounds):
        return f"Gas costs {gwei(facts.gas_price)} gwei, the bound is {gwei(min(bounds))} gwei."
    return None


def duplicate(_intent: Intent, facts: Facts, parameters: Parameters) -> str | None:
    """The sender did not want exactly the same a moment ago (`seconds`, 60 by default)."""
    window = timedelta(seconds=parameters.get("seconds", 60))
    ages = [age for age in facts.earlier if age < window]
    if ages:
        since, within = max(0.0, min(ages).total_seconds()), window.total_seconds()
        return f"The same was accepted {since:.0f} s ago; within {within:g} s it counts as a duplicate."
    return None


def limits(intent: Intent, facts: Facts, parameters: Parameters) -> str | None:
    """Amounts stay within `most_per_intent` and `most_per_day` of the sender, in whole coins."""
    if intent.token:
        return None
    amount = int(intent.amount)
    single, daily = (_wei(parameters.get(name)) for name in ("most_per_intent", "most_per_day"))
    if single is not None and amount > single:
        return f"{ether(amount)} ETH is more than the {ether(single)} that one intent may move."
    if daily is not None and facts.spent + amount > daily:
        return f"With {ether(facts.spent)} ETH in the last 24 hours it exceeds the {ether(daily)} of a day."
    return None


def outcome(_intent: Intent, facts: Facts, _: Parameters) -> str | None:
    """The chain would not refuse it as it is now."""
    return f"The chain would refuse it: {facts.refusal}." if facts.refusal else None


CHECKS: dict[str, Check] = {
    check.__name__: check
    for check in (structure, expiry, chain, token, balance, price, duplicate, limits, outcome)
}


def ether(wei: int) -> str:
    """Wei in ether, exact."""
    whole, rest = divmod(wei, ETHER)
    return f"{whole}.{rest:018d}".rstrip("0").rstrip(".")


def gwei(wei: int) -> str:
    """Wei in gwei, exact."""
    whole, rest = divmod(wei, GWEI)
    return f"{whole}.{rest:09d}".rstrip("0").rstrip(".")


def _wei(coins: float | str | None) -> int | None:
    from decimal import Decimal

    return None if coins is None else int(Decimal(str(coins)) * ETHER)
