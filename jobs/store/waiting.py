"""The waiting set: what may be released next, and what becomes due."""

from collections.abc import Sequence
from typing import Any

from django.db import connection

_COLUMNS = """uid, queue, task, args::text, kwargs::text, options::text, canvas::text, runs, attempt, snoozes,
    correlation_id, coalesce((extract(epoch FROM expires_at) * 1000)::bigint, 0)"""

_NEXT = f"""
SELECT {_COLUMNS} FROM jobs_job
WHERE queue = %s AND state = 'waiting' AND uid <> ALL(%s)
    AND task <> ALL(%s) AND cancel_requested_at IS NULL
ORDER BY priority DESC, id LIMIT %s
"""  # noqa: S608 -- built from constants

_BY_UID = f"SELECT {_COLUMNS} FROM jobs_job WHERE uid = ANY(%s)"  # noqa: S608 -- built from constants

_PROMOTE = """
UPDATE jobs_job SET state = 'waiting' WHERE state = 'delayed' AND id IN (
    SELECT id FROM jobs_job WHERE queue = %s AND state = 'delayed' AND run_at <= clock_timestamp()
    ORDER BY run_at LIMIT 1000 FOR UPDATE SKIP LOCKED)
"""

_OUTLOOK = """
SELECT q,
    EXISTS (SELECT 1 FROM jobs_job WHERE queue = q AND state = 'waiting'),
    (SELECT extract(epoch FROM run_at - clock_timestamp())::float8 FROM jobs_job
     WHERE queue = q AND state = 'delayed' ORDER BY run_at LIMIT 1)
FROM unnest(%s::text[]) AS q
"""

_ACTIVE = "SELECT queue, uid, runs FROM jobs_job WHERE state = 'active' AND queue = ANY(%s)"


def next_waiting(
    queue: str, except_for: Sequence[str], limit: int, not_of: Sequence[str] = ()
) -> list[tuple[Any, ...]]:
    """The next jobs in release order: priority, then age; without those of the tasks in `not_of`."""
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [queue, list(except_for), list(not_of), limit])
        return list(cursor.fetchall())


def waiting_by_uid(uids: Sequence[str]) -> list[tuple[Any, ...]]:
    """The same columns for these jobs."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_UID, [list(uids)])
        return list(cursor.fetchall())


def promote_due(queue: str) -> int:
    """Delayed jobs whose time has come may run: how many."""
    with connection.cursor() as cursor:
        cursor.execute(_PROMOTE, [queue])
        return int(cursor.rowcount)


def outlook(queues: Sequence[str]) -> list[tuple[str, bool, float | None]]:
    """For each queue: whether anything waits, and in how many seconds the next delayed job is due."""
    with connection.cursor() as cursor:
        cursor.execute(_OUTLOOK, [list(queues)])
        return list(cursor.fetchall())


def active_runs(queues: Sequence[str]) -> list[tuple[str, str, int]]:
    """(queue, job id, run) of every row that counts as running."""
    with connection.cursor() as cursor:
        cursor.execute(_ACTIVE, [list(queues)])
        return list(cursor.fetchall())
