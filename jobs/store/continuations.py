"""What follows jobs that ended: taken from its table in the transaction that writes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from jobs import celery_json


@dataclass(frozen=True)
class Continuation:
    """A job that ended and what its canvas needs to go on. `value` and `traceback` as in the model."""

    uid: str
    outcome: str
    value: str | None
    traceback: str
    task: str
    queue: str
    args: Any
    kwargs: Any
    canvas: dict[str, Any]
    options: dict[str, Any]
    attempt: int
    correlation_id: str


def take_continuations(limit: int) -> list[Continuation]:
    """The oldest that no other dispatcher is taking; they are gone when the transaction commits.

    A job's row that is gone has nothing to follow it any more.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [limit])
        return [_parsed(row) for row in cursor.fetchall()]


def add_children(uid: str, children: Sequence[Any]) -> None:
    """Note the results of the jobs that follow as the job's children, in Celery's tuples."""
    with connection.cursor() as cursor:
        cursor.execute(_ADD_CHILDREN, [celery_json.dumps(list(children)), uid])


def _parsed(row: Sequence[Any]) -> Continuation:
    loaded = [celery_json.loads(text) if text else {} for text in row[6:10]]
    return Continuation(*row[:6], *loaded, *row[10:])


_TAKE = """
WITH taken AS (
    DELETE FROM jobs_continuation WHERE id IN (
        SELECT id FROM jobs_continuation ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED)
    RETURNING id, uid, outcome, value, traceback
)
SELECT t.uid, t.outcome, coalesce(t.value, r.result), t.traceback, j.task, j.queue, j.args::text, j.kwargs::text,
    j.canvas::text, j.options::text, j.attempt, j.correlation_id
FROM taken t JOIN jobs_job j ON j.uid = t.uid
LEFT JOIN django_celery_results_taskresult r ON r.task_id = t.uid AND t.value IS NULL
ORDER BY t.id
"""

_ADD_CHILDREN = """
UPDATE django_celery_results_taskresult
SET meta = jsonb_set(coalesce(nullif(meta, ''), '{}')::jsonb, '{children}',
    coalesce(nullif(meta, '')::jsonb -> 'children', '[]') || %s::jsonb)::text
WHERE task_id = %s
"""
