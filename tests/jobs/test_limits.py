"""Rate limits as arithmetic."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.limits import Limits, Meter
from jobs.rates import Rate

THREE_A_SECOND = Rate(3, 1.0)


def window(*starts: float, pending: int = 0) -> Meter:
    """A sliding window that saw these starts."""
    meter = Meter(THREE_A_SECOND, pending=pending)
    for moment in starts:
        meter.started(moment)
    return meter


@pytest.mark.parametrize(
    ("starts", "pending", "now", "allowance", "next_at"),
    [
        ((), 0, 10.0, 3, 10.0),
        ((), 2, 10.0, 1, 10.0),
        ((), 3, 10.0, 0, None),
        ((9.5,), 0, 10.0, 2, 10.0),
        ((9.5,), 2, 10.0, 0, 10.5),
        ((9.1, 9.5, 9.9), 0, 10.0, 0, 10.1),
        ((9.1, 9.5, 9.9), 0, 10.1, 1, 10.1),
        ((9.1, 9.5, 9.9), 1, 10.0, 0, 10.5),
        ((9.1, 9.5, 9.9), 3, 10.0, 0, None),
        ((8.0, 8.5, 8.9), 0, 10.0, 3, 10.0),
    ],
)
def test_a_sliding_window_counts_starts_and_what_is_about_to_start(
    starts: tuple[float, ...], pending: int, now: float, allowance: int, next_at: float | None
) -> None:
    meter = window(*starts, pending=pending)
    assert meter.allowance(now) == allowance
    assert meter.next_at(now) == pytest.approx(next_at)


def test_a_bucket_lets_a_burst_through_and_then_keeps_the_rate() -> None:
    bucket = Meter(Rate(2, 1.0), burst=5)
    assert bucket.allowance(10.0) == 5
    for _ in range(5):
        bucket.started(10.0)
    assert bucket.allowance(10.0) == 0
    assert bucket.next_at(10.0) == pytest.approx(10.5)
    assert (bucket.allowance(10.49), bucket.allowance(10.5), bucket.allowance(11.0)) == (0, 1, 2)
    assert bucket.allowance(100.0) == 5


def test_a_bucket_keeps_tokens_for_what_is_about_to_start() -> None:
    bucket = Meter(Rate(1, 1.0), burst=2, pending=2)
    assert bucket.allowance(10.0) == 0
    assert bucket.next_at(10.0) == pytest.approx(11.0)


@given(
    delays=st.lists(st.floats(0.0, 0.3), min_size=30, max_size=30),
    waits=st.lists(st.floats(0.0, 0.4), min_size=30, max_size=30),
)
def test_however_late_released_jobs_start_no_window_holds_more_than_the_limit(
    delays: list[float], waits: list[float]
) -> None:
    meter = Meter(THREE_A_SECOND)
    now, starting, starts = 100.0, list[float](), list[float]()
    for delay, wait in zip(delays, waits, strict=True):
        now += wait
        for moment in sorted(moment for moment in starting if moment <= now):
            starting.remove(moment)
            meter.pending -= 1
            meter.started(moment)
            starts.append(moment)
        if meter.allowance(now):
            meter.pending += 1
            starting.append(now + delay)
    for first in starts:
        assert sum(first <= moment < first + 1.0 for moment in starts) <= 3


@pytest.mark.parametrize(
    ("limits", "per_key", "longest"),
    [
        (Limits(), False, 0.0),
        (Limits(rate=Rate(1, 60.0), max_running=3), False, 60.0),
        (Limits(rate_per_key=Rate(1, 5.0)), True, 5.0),
        (Limits(max_running_per_key=1), True, 0.0),
        (Limits(fair=True), True, 0.0),
    ],
)
def test_limits_say_whether_keys_count_and_how_much_history_they_need(
    limits: Limits, per_key: bool, longest: float
) -> None:
    assert (limits.per_key, limits.longest_window) == (per_key, longest)
