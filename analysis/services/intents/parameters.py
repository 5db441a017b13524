"""What the parts of a strategy may be given by name: a misspelt bound would bound nothing, so it is refused."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import Any

from analysis.services.intents.checks import CHECKS
from enrichment.evm_addresses import checked_evm_address

_MOST = Decimal(10) ** 18  # seconds, gwei, coins: beyond, it is a mistake
_DIGITS = 40


def _number(value: Any, least: int = 0, *, text: bool = False) -> Decimal | None:
    """A finite number, as text only where that keeps its digits; None for what is none."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str) if text else (int, float)):
        return None
    try:
        number = Decimal(str(value)[:_DIGITS])
    except InvalidOperation:
        return None
    return number if number.is_finite() and least <= number < _MOST else None


def _at_least(least: int, *, whole: bool = False, text: bool = False) -> Callable[[Any], str]:
    told = f"is a {'whole ' if whole else ''}number of at least {least}"

    def fault(value: Any) -> str:
        number = _number(value, least, text=text)
        return "" if number is not None and not (whole and number % 1) else told

    return fault


def _chains(value: Any) -> str:
    fits = isinstance(value, list) and value and not any(_at_least(1, whole=True)(one) for one in value)
    return "" if fits else "is a list of chain ids, such as [1, 10]"


def _tokens(value: Any) -> str:
    try:
        fits = isinstance(value, list) and value and all(checked_evm_address(one) for one in value)
    except (ValueError, AttributeError):
        fits = False
    return "" if fits else 'is a list of addresses, such as ["0x…"]'


Kinds = Mapping[str, Callable[[Any], str]]

PARAMETERS: Mapping[str, Kinds] = {
    "chain": {"allowed": _chains},
    "token": {"allowed": _tokens},
    "price": {"most_gwei": _at_least(0)},
    "duplicate": {"seconds": _at_least(0)},
    "limits": {"most_per_intent": _at_least(0, text=True), "most_per_day": _at_least(0, text=True)},
}
# Those of `execution.services.sending.policy.GasPolicy`, which is above this layer.
GAS: Kinds = {
    "headroom": _at_least(0, whole=True),
    "bump": _at_least(10, whole=True),
    "bump_after": _at_least(0),
    "most_bumps": _at_least(0, whole=True),
    "most_price": _at_least(0, whole=True),
}


def faults_of_checks(steps: Sequence[Mapping[str, Any]]) -> list[str]:
    """What is wrong with a strategy's checks, in sentences."""
    return [fault for step in steps for fault in _of_check(step)]


def faults_of_gas(gas: Mapping[str, Any]) -> list[str]:
    """What is wrong with a strategy's gas, in sentences."""
    return list(_faults("gas", gas, GAS))


def _of_check(step: Mapping[str, Any]) -> Iterator[str]:
    name = step.get("check")
    if not isinstance(name, str) or name not in CHECKS:
        yield f"There is no check {name}; there are {', '.join(CHECKS)}."
        return
    given = {key: value for key, value in step.items() if key != "check"}
    yield from _faults(name, given, PARAMETERS.get(name, {}))


def _faults(owner: str, given: Mapping[str, Any], known: Kinds) -> Iterator[str]:
    for name, value in given.items():
        if name not in known:
            yield f"{owner} has no parameter {name!r}; {_hint(name, known)}"
        elif fault := known[name](value):
            yield f"{owner}: {name} {fault}."


def _hint(name: str, known: Kinds) -> str:
    close = get_close_matches(name, known, n=1)
    if close:
        return f"did you mean {close[0]!r}?"
    return f"it has {', '.join(known)}." if known else "it takes none."
