"""What became of the jobs that a parent waited for."""

from dataclasses import dataclass
from typing import Any

from django.db import connection

from jobs import celery_json


@dataclass(frozen=True)
class Child:
    """A child of a flow. `result` is what it gave when it completed, `error` what it failed with."""

    id: str
    task: str
    state: str
    result: Any
    error: str


def children_of(parent_uid: str) -> list[Child]:
    """The children in the order in which they were enqueued."""
    with connection.cursor() as cursor:
        cursor.execute(_CHILDREN, [parent_uid])
        return [
            Child(
                uid, task, state, celery_json.loads(text) if text and state == "completed" else None, reason
            )
            for uid, task, state, text, reason in cursor.fetchall()
        ]


_CHILDREN = """
SELECT c.uid, c.task, c.state, r.result, CASE WHEN c.state IN ('failed', 'cancelled') THEN c.reason ELSE '' END
FROM jobs_job p JOIN jobs_dependency d ON d.parent_id = p.id JOIN jobs_job c ON c.id = d.child_id
LEFT JOIN django_celery_results_taskresult r ON r.task_id = c.uid
WHERE p.uid = %s ORDER BY c.id
"""
