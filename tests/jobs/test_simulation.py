"""Waits of arrivals that were played through anew, against what a person computes by hand."""

import pytest

from jobs.limits import Limits
from jobs.rates import Rate
from jobs.simulation import Arrival, Waits, simulate, waits_of


def _jobs(*dues: float, seconds: float = 10.0) -> list[Arrival]:
    return [Arrival(due, [(0.0, seconds)]) for due in dues]


@pytest.mark.parametrize(
    ("slots", "limits", "expected"),
    [
        # Four jobs of 10 s at 0, 1, 2 and 30.
        (1, Limits(), [0, 9, 18, 0]),
        (2, Limits(), [0, 0, 8, 0]),
        (3, Limits(), [0, 0, 0, 0]),
        (8, Limits(max_running=1), [0, 9, 18, 0]),
        (8, Limits(rate=Rate(1, 20.0)), [0, 19, 38, 30]),
        (8, Limits(rate=Rate(2, 20.0)), [0, 0, 18, 0]),
        (8, Limits(rate=Rate(1, 5.0), burst=2), [0, 0, 3, 0]),
        (1, Limits(rate=Rate(2, 20.0)), [0, 9, 18, 0]),
    ],
)
def test_waits_are_what_slots_and_limits_leave(slots: int, limits: Limits, expected: list[float]) -> None:
    assert simulate(_jobs(0, 1, 2, 30), slots, limits) == pytest.approx(expected, abs=1e-4)


def test_the_higher_priority_goes_first_and_age_may_outweigh_it() -> None:
    jobs = [*_jobs(0), Arrival(1, [(0, 10)], priority=5), Arrival(2, [(0, 10)], priority=7)]
    assert simulate(jobs, 1, Limits()) == [0, 8, 19]
    assert simulate(jobs, 1, Limits(ageing=0.25)) == [0, 9, 18]


def test_a_retry_comes_after_its_delay_and_waits_again() -> None:
    jobs = [Arrival(0, [(0.0, 10.0), (5.0, 10.0)]), *_jobs(1, 2)]
    assert simulate(jobs, 1, Limits()) == [0, 9, 5, 28]  # due again at 15, before the younger one at 20


def test_keys_are_limited_each_and_taken_in_turn() -> None:
    jobs = [Arrival(due, [(0.0, 10.0)], key=key) for due, key in ((0, "a"), (1, "a"), (2, "a"), (3, "b"))]
    assert simulate(jobs, 8, Limits(max_running_per_key=1)) == [0, 0, 9, 18]
    assert simulate(jobs, 8, Limits(rate_per_key=Rate(1, 15.0))) == pytest.approx([0, 0, 14, 28], abs=1e-4)
    assert simulate(jobs, 1, Limits(fair=True)) == [0, 7, 19, 28]
    assert simulate(jobs, 1, Limits()) == [0, 9, 18, 27]


def test_a_burst_of_many_comes_to_an_end() -> None:
    waits = simulate(_jobs(*[0.1 * n for n in range(3000)], seconds=0.3), 2, Limits(rate=Rate(7, 1.3)))
    assert len(waits) == 3000
    assert waits[-1] == pytest.approx(3000 / 7 * 1.3 - 300, abs=2)


def test_percentiles_go_by_the_nearest_rank() -> None:
    assert waits_of(range(1, 101)) == Waits(100, 50.5, 50, 95, 99, 100)
    assert waits_of([3.0]) == Waits(1, 3, 3, 3, 3, 3)
    assert waits_of([]).max is None
