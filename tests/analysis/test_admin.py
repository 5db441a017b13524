"""What the admin refuses of a strategy."""

import json
from typing import Any

import pytest

from analysis.admin import StrategyForm


def _errors(checks: Any, gas: Any = None) -> dict[str, list[str]]:
    given = {"name": "own", "description": "Ours.", "checks": json.dumps(checks), "confirmations": 2}
    form = StrategyForm(given | ({} if gas is None else {"gas": json.dumps(gas)}))
    return {name: [str(error) for error in errors] for name, errors in form.errors.items()}


@pytest.mark.django_db
def test_a_strategy_of_checks_that_exist_is_taken() -> None:
    assert _errors([{"check": "structure"}], {"bump_after": 5}) == {}
    assert _errors([{"check": "structure"}]) == {}


@pytest.mark.django_db
@pytest.mark.parametrize("check", ["nonsense", None, ["structure"], {}])
def test_a_check_that_is_none_is_told_with_those_that_are(check: Any) -> None:
    (problem,) = _errors([{"check": check}])["checks"]
    assert problem.startswith(f"There is no check {check}; there are structure, expiry, ")


@pytest.mark.django_db
def test_gas_without_names_is_refused() -> None:
    assert _errors([{"check": "structure"}], [5]) == {
        "gas": ['Parameters by name, such as {"bump_after": 5}.']
    }
