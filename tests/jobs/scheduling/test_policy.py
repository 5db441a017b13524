"""What becomes of ticks that were missed, where ticks of an edited schedule begin, and jitter."""

from datetime import UTC, datetime, timedelta

import pytest

from jobs.scheduling.policy import Missed, jitter_of, plan, starting_point

NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


HOUR = [ago(seconds) for seconds in (3600, 2400, 1200)]  # missed while beat was down for an hour
ONE, SKIP, ALL = Missed.ONE, Missed.SKIP, Missed.ALL


@pytest.mark.parametrize(
    ("missed", "window", "ticks", "run"),
    [
        (SKIP, 0, HOUR, []),
        (SKIP, 0, [*HOUR, ago(0)], [ago(0)]),
        (SKIP, 0, [ago(31), ago(30), ago(1)], [ago(30), ago(1)]),
        (ONE, 0, HOUR, [ago(1200)]),
        (ONE, 0, [*HOUR, ago(0)], [ago(0)]),
        (ONE, 0, [ago(2), ago(1), ago(0)], [ago(2), ago(1), ago(0)]),
        (ONE, 0, [], []),
        (ALL, 3600, HOUR, HOUR),
        (ALL, 2400, [*HOUR, ago(0)], [ago(2400), ago(1200), ago(0)]),
        (ALL, 60, HOUR, []),
    ],
)
def test_what_is_missed_runs_as_the_policy_says(
    missed: Missed, window: float, ticks: list[datetime], run: list[datetime]
) -> None:
    planned = plan(ticks, NOW, missed, window)
    assert [one.due for one in planned] == ticks
    assert [one.due for one in planned if not one.missed] == run


def test_a_tick_that_does_not_run_says_why() -> None:
    assert plan(HOUR, NOW, SKIP, 0)[0].missed == "no beat was running"
    assert plan(HOUR, NOW, ONE, 0)[0].missed == "a later tick stands in for it"
    assert plan(HOUR, NOW, ALL, 2400)[0].missed == "missed by more than 2400 s"


@pytest.mark.parametrize(
    ("checked_until", "changed_at", "start"),
    [
        (None, ago(5), ago(5)),  # new
        (None, ago(500), ago(30)),  # new to the platform, not to the table
        (ago(2), ago(1), ago(1)),  # edited
        (ago(3600), ago(600), ago(600)),  # edited while no beat was running
        (ago(2), ago(500), ago(2)),  # edited in a way that left no time behind
        (ago(3600), ago(5000), ago(30)),
        (ago(2), ago(-60), NOW),  # edited on a host whose clock is ahead
    ],
)
def test_the_ticks_of_an_edited_schedule_count_from_the_edit_on(
    checked_until: datetime | None, changed_at: datetime, start: datetime
) -> None:
    assert starting_point(checked_until, changed_at, NOW) == start


def test_jitter_is_the_same_for_a_tick_and_differs_between_ticks() -> None:
    drawn = [jitter_of("report", ago(60 * n), 30.0) for n in range(200)]
    assert drawn[0] == jitter_of("report", NOW, 30.0)
    assert 0 <= min(drawn) < 3
    assert 27 < max(drawn) < 30
    assert jitter_of("other", NOW, 30.0) != drawn[0]
