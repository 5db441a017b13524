"""The health report says what is wrong and what to do."""

from jobs.configuration import queue_book
from jobs.fence.connection import client
from monitoring.tasks.health import report_health


def test_without_workers_every_queue_needs_attention(db: None) -> None:
    client().flushall()
    report = report_health()
    assert set(report["queues"]) == set(queue_book().names)
    assert all(problem["advice"] for problems in report["queues"].values() for problem in problems)
