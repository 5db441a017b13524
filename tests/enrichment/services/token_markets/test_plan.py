"""Which tokens are asked for at once, and which later."""

import pytest

from enrichment.services.token_markets.plan import Hint, Plan, Strategy, plan

MINTS = tuple(f"m{number}" for number in range(70))


@pytest.mark.parametrize(
    ("strategy", "now", "later"),
    [(Strategy.SYNC, 3, 0), (Strategy.BACKGROUND, 0, 3), (Strategy.HYBRID, 1, 2)],
)
def test_a_strategy_decides_what_is_left_to_other_jobs(strategy: Strategy, now: int, later: int) -> None:
    found = plan(MINTS, strategy, Hint.SMALL)
    assert (len(found.now), len(found.later)) == (now, later)
    assert tuple(mint for batch in (*found.now, *found.later) for mint in batch) == MINTS


@pytest.mark.parametrize(
    ("tokens", "hint", "batches"),
    [(1, Hint.SMALL, 1), (100, Hint.SMALL, 4), (101, Hint.LARGE, 1), (2000, Hint.LARGE, 14), (2001, Hint.MASSIVE, 4)],
)  # fmt: skip
def test_without_a_hint_the_number_of_tokens_sets_the_batches(tokens: int, hint: Hint, batches: int) -> None:
    found = plan([str(number) for number in range(tokens)], Strategy.SYNC, None)
    assert (found.hint, len(found.now)) == (hint, batches)


def test_nothing_to_do_is_no_batch() -> None:
    assert plan([], Strategy.HYBRID, None) == Plan(Hint.SMALL, (), ())
