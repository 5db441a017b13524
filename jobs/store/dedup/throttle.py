"""Throttle: the first of a period wins, and the others meet its job even when it has ended."""

from django.db import connection, transaction

from jobs.options import Throttle
from jobs.store.insert import Enqueued, NewJob, insert_one


class _NotNeeded(Exception):
    """The period was free, but the job met another one: the period is given back."""

    def __init__(self, answer: Enqueued) -> None:
        super().__init__(answer.uid)
        self.answer = answer


def write(job: NewJob, mode: Throttle) -> Enqueued:
    """Take the period and insert the job, both or neither.

    Of two at once the second waits for the first one's transaction, and takes the period when that is
    rolled back. A job that outlives its period is still met: a key never has two live jobs.
    """
    while True:
        try:
            with transaction.atomic():
                if _take(job, mode.period):
                    return _insert(job)
        except _NotNeeded as met:
            return met.answer
        holder = _holder(job)
        if holder is not None:
            return Enqueued(holder, created=False)


def prune_windows() -> int:
    """Delete periods that are over; answers how many."""
    with connection.cursor() as cursor:
        cursor.execute(_PRUNE)
        return int(cursor.rowcount)


def _insert(job: NewJob) -> Enqueued:
    answer = insert_one(job)
    if not answer.created:
        raise _NotNeeded(answer)
    return answer


def _take(job: NewJob, period: float) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [job.unique_key, job.uid, period, period])
        return cursor.fetchone() is not None


def _holder(job: NewJob) -> str | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT job_uid FROM jobs_throttlewindow WHERE key = %s", [job.unique_key])
        row = cursor.fetchone()
    return row[0] if row else None


# The end is counted from the moment at which the row was had, not from before a wait for it.
_TAKE = """
INSERT INTO jobs_throttlewindow AS w (key, job_uid, until)
VALUES (%s, %s, clock_timestamp() + make_interval(secs => %s))
ON CONFLICT (key) DO UPDATE
SET job_uid = excluded.job_uid, until = clock_timestamp() + make_interval(secs => %s)
WHERE w.until <= clock_timestamp()
RETURNING key
"""

_PRUNE = """
DELETE FROM jobs_throttlewindow WHERE key IN (
    SELECT key FROM jobs_throttlewindow WHERE until <= clock_timestamp()
    ORDER BY until LIMIT 1000 FOR UPDATE SKIP LOCKED)
"""
