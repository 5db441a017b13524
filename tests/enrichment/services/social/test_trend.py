"""Trends, as tables and as laws."""

from math import sqrt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enrichment.services.social.trend import FEWEST, HISTORY, trend


@pytest.mark.parametrize(
    ("counts", "expected", "deviation", "z"),
    [
        ([4] * 10 + [4], 4.0, 2.0, 0.0),
        ([4] * 10 + [12], 4.0, 2.0, 4.0),
        ([0] * 10 + [5], 0.0, 1.0, 5.0),
        ([100] * 10 + [100], 100.0, 10.0, 0.0),
    ],
)
def test_steady_counts_have_the_deviation_of_counting(
    counts: list[int], expected: float, deviation: float, z: float
) -> None:
    found = trend(counts)
    assert (found.expected, found.deviation, found.z) == (expected, deviation, z)


def test_the_weighted_mean_and_variance_are_those_worked_out_by_hand() -> None:
    # span 3: the weight is 1/2. 0, 8: mean 4, variance 16. 4: mean 4, variance 8. 12: mean 8, variance 20.
    # 0: mean 4, variance 26. 4: mean 4, variance 13.
    found = trend([0, 8, 4, 12, 0, 4, 17], span=3)
    assert (found.expected, found.deviation) == (4.0, sqrt(13))
    assert found.z == pytest.approx(13 / sqrt(13))


@pytest.mark.parametrize("counts", [[], [50], [1] * HISTORY])
def test_without_history_there_is_no_trend(counts: list[int]) -> None:
    found = trend(counts)
    assert (found.z, found.trending) == (None, False)


def test_a_handful_is_no_trend_however_quiet_it_was() -> None:
    assert trend([0] * 20 + [FEWEST - 1]).trending is False
    assert trend([0] * 20 + [FEWEST]).trending is True


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)  # a busy machine is no fault
@given(st.lists(st.integers(0, 10_000), min_size=HISTORY + 1, max_size=80), st.integers(0, 1_000))
def test_more_mentions_never_trend_less(counts: list[int], more: int) -> None:
    before, after = trend(counts), trend([*counts[:-1], counts[-1] + more])
    assert before.z is not None
    assert after.z is not None
    assert after.z >= before.z
    assert before.expected == after.expected
    assert min(counts[:-1]) <= (before.expected or 0) <= max(counts[:-1])
