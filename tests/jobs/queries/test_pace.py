"""Rates and durations of the most recent jobs."""

from datetime import UTC, datetime, timedelta

import pytest

from jobs.models import Job
from jobs.queries.pace import SAMPLE, paces


def ended(number: int, state: str = "completed", *, ago: float = 10, wait: float = 1, run: float = 2) -> Job:
    """A job that ended so many seconds ago."""
    end = datetime.now(UTC) - timedelta(seconds=ago)
    start = end - timedelta(seconds=run)
    return Job(
        uid=f"{state}-{number}", queue="quick", task="t", state=state, runs=1, finished_at=end, started_at=start,
        created_at=start - timedelta(seconds=wait),
    )  # fmt: skip


def test_a_queue_that_did_nothing_has_no_pace(db: None) -> None:
    assert "quick" not in paces(["quick"])


def test_rates_are_per_minute_over_five_minutes(db: None) -> None:
    Job.objects.bulk_create([*(ended(n) for n in range(10)), *(ended(n, ago=400) for n in range(10, 15))])
    pace = paces(["quick"])["quick"]
    assert pace.finishing == pytest.approx(2.0)
    assert pace.arriving == pytest.approx(2.0)
    assert pace.completed == 15


def test_durations_are_median_and_95th_percentile(db: None) -> None:
    Job.objects.bulk_create([ended(n, wait=n, run=2 * n) for n in range(1, 22)])
    pace = paces(["quick"])["quick"]
    assert pace.waits is not None
    assert pace.runs is not None
    assert list(pace.waits) == pytest.approx([11, 20], abs=0.01)
    assert list(pace.runs) == pytest.approx([22, 40], abs=0.01)


def test_the_share_that_succeeded(db: None) -> None:
    Job.objects.bulk_create([*(ended(n) for n in range(3)), ended(9, "failed")])
    assert paces(["quick"])["quick"].success == 0.75


def test_what_ended_more_than_an_hour_ago_counts_no_more(db: None) -> None:
    Job.objects.bulk_create([ended(1, ago=3700)])
    assert "quick" not in paces(["quick"])


def test_a_sample_shorter_than_the_window_gives_the_rate_of_its_own_time(db: None) -> None:
    Job.objects.bulk_create([ended(n, ago=60 * n / SAMPLE) for n in range(SAMPLE * 2, 0, -1)])
    assert paces(["quick"])["quick"].finishing == pytest.approx(SAMPLE, rel=0.1)
