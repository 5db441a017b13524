"""Durations in buckets: as right as they promise to be."""

import math
import random
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.histogram import bucket, merge, percentile, percentiles, share_within, value

SHARES = (0.5, 0.95, 0.99)


def _counts(values: list[float]) -> dict[int, int]:
    counts: dict[int, int] = {}
    for each in values:
        counts[bucket(each)] = counts.get(bucket(each), 0) + 1
    return counts


@given(st.floats(min_value=1e-6, max_value=1e7))
def test_a_bucket_stands_for_its_durations_to_within_two_percent(seconds: float) -> None:
    assert abs(value(bucket(seconds)) - seconds) <= 0.02 * seconds


@given(st.lists(st.floats(min_value=1e-6, max_value=1e6), min_size=1, max_size=300), st.floats(0.01, 1))
def test_every_percentile_of_every_list_is_right_to_within_two_percent(
    values: list[float], share: float
) -> None:
    exact = sorted(values)[max(1, math.ceil(share * len(values))) - 1]
    found = percentile(_counts(values), share)
    assert found is not None
    assert abs(found - exact) <= 0.02 * exact


@pytest.mark.parametrize(
    "shape",
    [
        "lognormal",
        "exponential",
        "pareto",
        "two humps",
        "all the same",
        "microseconds",
        "weeks",
        "one in fifty is slow",
    ],
)
def test_percentiles_of_a_million_durations_are_right_to_within_two_percent(shape: str) -> None:
    draw = np.random.default_rng(7)
    draws: dict[str, Callable[[], np.ndarray]] = {
        "lognormal": lambda: draw.lognormal(-2, 2, 1_000_000),
        "exponential": lambda: draw.exponential(0.3, 1_000_000) + 1e-6,
        "pareto": lambda: draw.pareto(1.5, 1_000_000) + 0.001,
        "two humps": lambda: np.concatenate([draw.normal(0.01, 0.001, 900_000), draw.normal(30, 2, 100_000)]),
        "all the same": lambda: np.full(1_000_000, 0.0123),
        "microseconds": lambda: draw.exponential(40e-6, 1_000_000) + 2e-6,
        "weeks": lambda: draw.pareto(0.4, 1_000_000).clip(0, 1e4) * 600 + 60,
        "one in fifty is slow": lambda: np.repeat([0.0004, 3600.0], [980_000, 20_000]),
    }
    values = np.clip(draws[shape](), 1e-6, None)
    places = np.maximum(0, np.ceil(np.log(values * 1e6) / math.log(1.03)).astype(int))
    found, numbers = np.unique(places, return_counts=True)
    counts = dict(zip(found.tolist(), numbers.tolist(), strict=True))
    exact = np.sort(values)
    for share, got in zip(SHARES, percentiles(counts, SHARES), strict=True):
        assert got == pytest.approx(exact[math.ceil(share * len(exact)) - 1], rel=0.02)
    assert all(bucket(float(values[n])) == places[n] for n in range(0, 1_000_000, 9973))


def test_histograms_of_parts_merge_into_that_of_the_whole() -> None:
    draw = random.Random(3)
    values = [draw.expovariate(2) for _ in range(3000)]
    assert merge(_counts(values[n::3]) for n in range(3)) == _counts(values)


def test_nothing_has_no_percentile() -> None:
    assert percentile({}, 0.5) is None
    assert share_within({}, 1) is None


def test_a_clock_that_goes_back_counts_as_no_time() -> None:
    assert (bucket(-3.0), bucket(0.0), value(0)) == (0, 0, 0.0)


def test_the_share_within_a_bound_counts_whole_buckets() -> None:
    assert share_within(_counts([0.1, 1, 29, 31.5]), 30) == 0.75
