"""What a new leader knows of the starts before it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from jobs.models import Attempt
from jobs.store.waiting import recent_starts
from tests.jobs.rows import make_job

pytestmark = pytest.mark.django_db

_BUSY = """
INSERT INTO jobs_attempt
    (job_id, run, outcome, started_at, ended_at, seconds, worker, error_type, error, traceback, reason)
SELECT %s, n, 'completed', clock_timestamp(), clock_timestamp(), 0, '', '', '', '', ''
FROM generate_series(1, 25000) AS n
"""


def test_starts_within_the_window_are_known_however_busy_other_queues_are() -> None:
    began = datetime.now(UTC) - timedelta(seconds=30)
    row = {"outcome": "completed", "started_at": began, "ended_at": began, "seconds": 0.0}
    Attempt.objects.create(job=make_job(queue="fixed", state="completed", limit_key="k"), run=1, **row)
    with connection.cursor() as cursor:
        cursor.execute(_BUSY, [make_job(queue="quick", state="completed").pk])

    assert [start[:2] for start in recent_starts("fixed", 60)] == [("tests.sample_tasks.noop", "k")]
    assert recent_starts("fixed", 20) == []
