"""The two places of a unique key: the live job, and the one that follows it.

The follower's key has a suffix, so that the same unique index allows one of each. It is blocked by the live
job, and takes its key when the fold counts the edge down: in the transaction in which the live job ends.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection

from jobs.configuration import queue_book
from jobs.states import LIVE, State
from jobs.store.insert import Enqueued, NewJob, try_insert

_SUFFIX = ":next"
_LIVE = [str(state) for state in LIVE]


@dataclass(frozen=True)
class Current:
    """The live job of a unique key, locked. `started`: a run of it has begun at some time."""

    id: int
    uid: str
    queue: str
    state: str
    runs: int
    started: bool


def lock_current(job: NewJob) -> Current | None:
    """The job with this id, else the live job with this key, held until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [job.uid, job.unique_key, _LIVE, job.uid])
        row = cursor.fetchone()
    return Current(*row) if row else None


def follow(job: NewJob, current: Current, change: Callable[[str], None]) -> Enqueued | None:
    """Let `job` run after `current`, or `change` the one that follows it already; None: look again."""
    key = f"{job.unique_key}{_SUFFIX}"
    if try_insert(replace(job, unique_key=key, state=State.BLOCKED, pending_children=1)):
        with connection.cursor() as cursor:
            cursor.execute(_ADD_EDGE, [current.id, job.uid])
        return Enqueued(job.uid, created=True)
    follower = lock_current(replace(job, unique_key=key))
    if follower is None:
        return None
    if follower.uid == job.uid:
        return Enqueued(job.uid, created=False)
    change(follower.uid)
    return Enqueued(follower.uid, created=False, replaced=True)


def replace_payload(uid: str, job: NewJob) -> None:
    """Give a locked job the payload of `job`; when it runs stays as it is.

    Its run number goes up: what was released with the old payload, if anything, is fenced out.
    """
    with connection.cursor() as cursor:
        cursor.execute(_REPLACE, [*_payload(job), uid])


def put_off(uid: str, job: NewJob, delay: float, max_wait: float | None) -> None:
    """Give a locked job the payload of `job` and start its delay again, up to `max_wait` in all."""
    with connection.cursor() as cursor:
        cursor.execute(_PUT_OFF, [*_payload(job), delay, max_wait, uid])


def _payload(job: NewJob) -> list[Any]:
    parts = queue_book().siblings(job.queue)
    return [
        job.args, job.kwargs, job.options, job.canvas, job.priority, job.max_attempts, job.expires_in,
        job.expires_at, job.correlation_id, job.subject, list(job.tags), job.idempotency_key, parts, job.limit_key,
        parts, job.queue,
    ]  # fmt: skip


_LOCK = """
SELECT id, uid, queue, state, runs, started_at IS NOT NULL FROM jobs_job
WHERE uid = %s OR (unique_key = %s AND state = ANY(%s))
ORDER BY uid = %s DESC LIMIT 1 FOR UPDATE
"""

_ADD_EDGE = """
INSERT INTO jobs_dependency (parent_id, child_id, done, regardless)
SELECT id, %s, false, true FROM jobs_job WHERE uid = %s
"""

_PAYLOAD = """
    args = %s::jsonb, kwargs = %s::jsonb, options = %s::jsonb, canvas = coalesce(%s::jsonb, canvas), priority = %s,
    max_attempts = %s, expires_at = coalesce(clock_timestamp() + make_interval(secs => %s), %s),
    correlation_id = %s, subject = %s, tags = %s::varchar[], idempotency_key = %s,
    limit_key = CASE WHEN queue = ANY(%s) THEN %s ELSE limit_key END,
    queue = CASE WHEN queue = ANY(%s) THEN %s ELSE queue END
"""

_REPLACE = f"""
UPDATE jobs_job SET {_PAYLOAD}, runs = runs + (state = 'waiting')::int
WHERE uid = %s
"""  # noqa: S608 -- built from constants

_PUT_OFF = f"""
UPDATE jobs_job SET {_PAYLOAD}, run_at = least(
    clock_timestamp() + make_interval(secs => %s), created_at + make_interval(secs => %s))
WHERE uid = %s
"""  # noqa: S608 -- built from constants
