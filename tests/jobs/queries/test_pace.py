"""Rates by the counters, durations of the most recent jobs."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from jobs.models import Job
from jobs.queries.pace import SAMPLE, paces
from jobs.store.metrics import Batch


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


def counted(ago: float = 10, **counters: int) -> None:
    """Counters of a minute, as the fold writes them."""
    then = time.time() - ago
    batch = Batch(then)
    for name, n in counters.items():
        batch.of(then, "quick", "t").count(name, n)
    batch.write()


def test_rates_are_per_minute_over_five_minutes_and_the_current_one(db: None) -> None:
    counted(ago=0, enqueued=20, completed=9, failed=1)
    counted(ago=420, enqueued=5, completed=5)
    pace = paces(["quick"])["quick"]
    minutes = 5 + time.time() % 60 / 60
    assert pace.finishing == pytest.approx(10 / minutes, rel=0.01)
    assert pace.arriving == pytest.approx(20 / minutes, rel=0.01)
    assert (pace.completed, pace.failed) == (14, 1)


def test_durations_are_median_and_95th_percentile(db: None) -> None:
    Job.objects.bulk_create([ended(n, wait=n, run=2 * n) for n in range(1, 22)])
    pace = paces(["quick"])["quick"]
    assert pace.waits is not None
    assert pace.runs is not None
    assert list(pace.waits) == pytest.approx([11, 20], abs=0.01)
    assert list(pace.runs) == pytest.approx([22, 40], abs=0.01)


def test_durations_are_of_the_jobs_that_completed_last(db: None) -> None:
    Job.objects.bulk_create([*(ended(n, run=50) for n in range(10)), *(ended(10 + n) for n in range(SAMPLE))])
    Job.objects.bulk_create([ended(1000 + n, "failed", run=90) for n in range(SAMPLE)])
    assert paces(["quick"])["quick"].runs == pytest.approx((2, 2), abs=0.01)


def test_the_share_that_succeeded_is_of_all_that_ended_however_many(db: None) -> None:
    counted(completed=9_800, failed=200)
    assert paces(["quick"])["quick"].success == 0.98


def test_what_ended_more_than_an_hour_ago_counts_no_more(db: None) -> None:
    counted(ago=3700, completed=3)
    Job.objects.bulk_create([ended(1, ago=3700)])
    assert "quick" not in paces(["quick"])
