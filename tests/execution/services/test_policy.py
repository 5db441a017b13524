"""What a transaction may pay."""

import pytest

from execution.services.sending.policy import GasPolicy


@pytest.mark.parametrize(
    ("strategys", "intents", "holds"), [(0, None, 0), (5, None, 5), (0, 7, 7), (5, 7, 5), (7, 5, 5)]
)
def test_of_the_bounds_of_a_strategy_and_an_intent_the_lower_one_holds(
    strategys: int, intents: int | None, holds: int
) -> None:
    assert GasPolicy.of({"most_price": strategys}, intents).most_price == holds
