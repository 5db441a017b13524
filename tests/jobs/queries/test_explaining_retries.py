"""How many retries a job has, as its explanation says."""

from datetime import UTC, datetime

import pytest

from jobs.models import Job
from jobs.queries.explaining import explain_job
from tests.sample_tasks import ask_again, noop

pytestmark = pytest.mark.django_db


def _retried(uid: str) -> str:
    job = Job.objects.get(uid=uid)
    now = datetime.now(UTC)
    job.attempts.create(run=1, outcome="retried", started_at=now, ended_at=now, error_type="Timeout")
    Job.objects.filter(uid=uid).update(state="delayed", runs=1, attempt=1)
    return explain_job(Job.objects.get(uid=uid))[0].sentence


def test_the_jobs_own_wish_counts_before_the_tasks_and_the_queues() -> None:
    assert "Retry 1 of 5 " in _retried(ask_again.enqueue(1).id)
    assert "Retry 1 of 2 " in _retried(noop.enqueue(1).id)
    assert "Retry 1 of 8 " in _retried(ask_again.using(max_attempts=9).enqueue(1).id)
