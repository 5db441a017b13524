"""Counts whose cost is bounded."""

from datetime import UTC, datetime, timedelta

from django.db import connection

from jobs.models import Job
from jobs.queries.backlog import Count, backlogs

_FILL = """
INSERT INTO jobs_job (uid, queue, task, state, priority, args, kwargs, options, runs, attempt, stalls, snoozes,
    pending_children, correlation_id, subject, tags, created_at, worker, reason)
SELECT %s || g, %s, 't', %s, 5, '[]', '{}', '{}', 0, 0, 0, 0, 0, '', '', '{}', now(), '', ''
FROM generate_series(1, %s) g
"""


def fill(queue: str, state: str, count: int) -> None:
    """So many rows."""
    with connection.cursor() as cursor:
        cursor.execute(_FILL, [f"{queue}-{state}-", queue, state, count])


def test_each_state_of_each_queue_is_counted(db: None) -> None:
    fill("quick", "waiting", 3)
    fill("quick", "delayed", 2)
    fill("fixed", "active", 1)
    found = backlogs(["quick", "fixed", "orders"])
    assert [str(found["quick"].waiting), str(found["quick"].delayed), str(found["quick"].active)] == [
        "3",
        "2",
        "0",
    ]
    assert str(found["fixed"].active) == "1"
    assert found["orders"].oldest is None


def test_above_ten_thousand_it_is_an_estimate(db: None) -> None:
    fill("quick", "waiting", 10_050)
    assert str(backlogs(["quick"])["quick"].waiting) == "10k+"


def test_exactly_ten_thousand_is_still_exact() -> None:
    assert str(Count(10_000)) == "10,000"


def test_the_oldest_is_found_in_whatever_priority_it_is(db: None) -> None:
    fill("quick", "waiting", 3)
    now = datetime.now(UTC)
    Job.objects.filter(uid="quick-waiting-2").update(priority=1, created_at=now - timedelta(seconds=60))
    oldest = backlogs(["quick"])["quick"].oldest
    assert oldest is not None
    assert 60 <= oldest < 70


def test_a_job_that_was_delayed_waits_since_it_was_due(db: None) -> None:
    fill("quick", "waiting", 1)
    now = datetime.now(UTC)
    Job.objects.update(created_at=now - timedelta(hours=1), run_at=now - timedelta(seconds=5))
    oldest = backlogs(["quick"])["quick"].oldest
    assert oldest is not None
    assert 5 <= oldest < 15
