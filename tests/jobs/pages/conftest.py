"""Who looks at the pages, and what there is to see."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from jobs.fence.connection import client as redis
from jobs.models import Attempt, DeadLetter, Job

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
MakeJob = Callable[..., Job]


@pytest.fixture(autouse=True)
def empty_redis() -> Iterator[None]:
    """No worker, no dispatcher, no events."""
    redis().flushall()
    yield
    redis().flushall()


@pytest.fixture
def make_job(db: None) -> MakeJob:
    """Writes a job's row as the store would."""

    def make(uid: str = "job-1", **fields: Any) -> Job:
        values = {"queue": "quick", "task": "tests.sample_tasks.noop", "state": "waiting", "created_at": NOON}
        return Job.objects.create(uid=uid, **(values | fields))

    return make


@pytest.fixture
def failed_job(make_job: MakeJob) -> Job:
    """A job that failed on its second run, with its history and its letter."""
    job = make_job(
        "job-failed",
        state="failed",
        task="tests.sample_tasks.fail",
        kwargs={"message": "no luck"},
        runs=2,
        attempt=2,
        started_at=NOON,
        finished_at=NOON + timedelta(seconds=3),
    )
    for run, outcome in ((1, "retried"), (2, "failed")):
        Attempt.objects.create(
            job=job,
            run=run,
            outcome=outcome,
            started_at=NOON,
            ended_at=NOON + timedelta(seconds=run),
            seconds=0.5,
            worker="w1@test",
            error_type="RuntimeError",
            error="no luck",
            traceback='Traceback (most recent call last):\n  File "x.py"',
        )
    make_letter(job)
    return job


def make_letter(job: Job, **fields: Any) -> DeadLetter:
    """An open letter of a failed job."""
    values = {
        "job_uid": job.uid,
        "queue": job.queue,
        "task": job.task,
        "args": job.args,
        "kwargs": job.kwargs,
        "error_type": "RuntimeError",
        "error": "no luck",
        "fingerprint": "f1",
        "attempts": job.attempt,
        "runs": job.runs,
        "failed_at": NOON,
    }
    return DeadLetter.objects.create(**(values | fields))
