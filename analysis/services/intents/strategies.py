"""The strategies that come with the product, and the pipeline that any strategy is."""

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

from analysis.models import Intent, Strategy
from analysis.services.intents.checks import CHECKS
from analysis.services.intents.facts import Facts
from analysis.services.intents.parameters import faults_of_checks, faults_of_gas
from jobs.errors import Refused

_ALWAYS: list[dict[str, Any]] = [{"check": name} for name in ("structure", "expiry", "chain", "token")]
BUILT_IN: dict[str, dict[str, Any]] = {
    "standard": {
        "description": "Every check, no limits; two confirmations.",
        "checks": [*_ALWAYS, {"check": "balance"}, {"check": "price"}, {"check": "duplicate", "seconds": 60},
                   {"check": "outcome"}],
        "confirmations": 2,
    },
    "careful": {
        "description": "At most 10 ETH at a time and 50 a day, gas at most 50 gwei; five confirmations.",
        "checks": [*_ALWAYS, {"check": "balance"}, {"check": "price", "most_gwei": 50},
                   {"check": "duplicate", "seconds": 600},
                   {"check": "limits", "most_per_intent": 10, "most_per_day": 50}, {"check": "outcome"}],
        "confirmations": 5,
    },
    "fast": {
        "description": "Duplicates are allowed; one confirmation, fees raised after five seconds.",
        "checks": [*_ALWAYS, {"check": "balance"}, {"check": "price"}],
        "confirmations": 1,
        "gas": {"bump_after": 5},
    },
}  # fmt: skip


def strategy_named(name: str) -> Strategy:
    """A strategy's row; one that comes with the product is made when it is asked for first.

    Refused for none, and for one that was written with parameters that nothing reads.
    """
    found = Strategy.objects.filter(name=name).first()
    if found is not None:
        return _usable(found)
    if name not in BUILT_IN:
        known = sorted({*BUILT_IN, *Strategy.objects.values_list("name", flat=True)})
        close = get_close_matches(name, known, n=1)
        hint = f" Did you mean {close[0]!r}?" if close else f" Known are {', '.join(known)}."
        raise Refused(f"There is no strategy {name!r}.{hint}", {"strategy": f"unknown: {name!r}"})
    return Strategy.objects.get_or_create(name=name, defaults=BUILT_IN[name])[0]


def _usable(strategy: Strategy) -> Strategy:
    faults = [*faults_of_checks(strategy.checks), *faults_of_gas(strategy.gas)]
    if faults:
        told = " ".join(faults)
        raise Refused(f"The strategy {strategy.name!r} cannot be used: {told}", {"strategy": told})
    return strategy


def reasons_against(intent: Intent, facts: Facts, checks: Sequence[dict[str, Any]]) -> list[dict[str, str]]:
    """Every reason, check by check; what makes no sense by itself is not checked further."""
    found: list[dict[str, str]] = []
    for step in checks:
        name = step["check"]
        reason = CHECKS[name](intent, facts, {key: value for key, value in step.items() if key != "check"})
        if reason:
            found.append({"check": name, "reason": reason})
            if name == "structure":
                break
    return found
