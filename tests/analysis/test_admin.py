"""What the admin refuses of a strategy."""

import json
from dataclasses import fields
from typing import Any

import pytest

from analysis.admin import StrategyForm
from analysis.models import Strategy
from analysis.services.intents.parameters import GAS, faults_of_checks, faults_of_gas
from analysis.services.intents.strategies import BUILT_IN, strategy_named
from execution.services.sending.policy import GasPolicy
from jobs.errors import Refused


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


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("step", "problem"),
    [
        (
            {"check": "limits", "most_per_intnt": 1},
            "limits has no parameter 'most_per_intnt'; did you mean 'most_per_intent'?",
        ),
        ({"check": "structure", "seconds": 1}, "structure has no parameter 'seconds'; it takes none."),
        ({"check": "price", "wei": 5}, "price has no parameter 'wei'; it has most_gwei."),
        ({"check": "duplicate", "seconds": "60"}, "duplicate: seconds is a number of at least 0."),
        ({"check": "duplicate", "seconds": True}, "duplicate: seconds is a number of at least 0."),
        ({"check": "limits", "most_per_day": "lots"}, "limits: most_per_day is a number of at least 0."),
        ({"check": "limits", "most_per_day": -1}, "limits: most_per_day is a number of at least 0."),
        ({"check": "chain", "allowed": 1}, "chain: allowed is a list of chain ids, such as [1, 10]."),
        ({"check": "token", "allowed": ["0x12"]}, 'token: allowed is a list of addresses, such as ["0x…"].'),
    ],
)
def test_a_parameter_that_a_check_does_not_have_is_refused_by_its_name(
    step: dict[str, Any], problem: str
) -> None:
    assert _errors([{"check": "structure"}, step]) == {"checks": [problem]}


@pytest.mark.django_db
def test_amounts_may_be_text_that_keeps_their_digits() -> None:
    assert _errors([{"check": "limits", "most_per_day": "0.000000000000000001"}]) == {}


@pytest.mark.django_db
def test_a_parameter_of_gas_that_is_none_is_refused() -> None:
    problems = _errors([{"check": "structure"}], {"bump_afer": 5, "bump": 5})["gas"]
    assert problems == [
        "gas has no parameter 'bump_afer'; did you mean 'bump_after'?",
        "gas: bump is a whole number of at least 10.",
    ]


def test_gas_has_the_parameters_that_the_policy_reads_and_built_in_strategies_pass() -> None:
    assert set(GAS) == {field.name for field in fields(GasPolicy)}
    for built_in in BUILT_IN.values():
        assert faults_of_checks(built_in["checks"]) + faults_of_gas(built_in.get("gas", {})) == []


@pytest.mark.django_db
def test_an_intent_by_a_strategy_with_a_bound_that_nothing_reads_is_refused() -> None:
    Strategy.objects.create(name="own", checks=[{"check": "limits", "most_per_intnt": 1}])
    with pytest.raises(Refused, match="'own' cannot be used: limits has no parameter 'most_per_intnt'"):
        strategy_named("own")
