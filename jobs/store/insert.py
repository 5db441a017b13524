"""New jobs: rows written in the caller's own transaction."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.db import connection

from jobs.options import Dedup
from jobs.states import LIVE, State


@dataclass(frozen=True)
class NewJob:
    """A job that passed the door. JSON is text already; `delay` is seconds from now by the database's clock."""

    uid: str
    queue: str
    task: str
    args: str
    kwargs: str
    options: str = "{}"
    canvas: str | None = None
    priority: int = 5
    state: State = State.WAITING
    max_attempts: int | None = None
    delay: float | None = None
    run_at: datetime | None = None
    expires_in: float | None = None
    expires_at: datetime | None = None
    unique_key: str | None = None
    correlation_id: str = ""
    subject: str = ""
    tags: tuple[str, ...] = ()
    pending_children: int = 0
    limit_key: str = ""
    idempotency_key: str | None = None
    idempotent_for: float | None = None  # seconds for which a completed job with this key is the answer
    dedup: Dedup | None = None  # None: `unique_key` alone, the plain insert


@dataclass(frozen=True)
class Enqueued:
    """The answer to an enqueue: a new job, or the existing one that it met.

    `replaced`: the existing job carries the payload of this call now.
    """

    uid: str
    created: bool
    replaced: bool = False

    @property
    def happened(self) -> Literal["created", "met", "replaced"]:
        """In a word: created, met or replaced."""
        return "created" if self.created else "replaced" if self.replaced else "met"


_COLUMNS = (
    "uid, queue, task, args, kwargs, options, canvas, priority, state, max_attempts, run_at, expires_at, "
    "unique_key, correlation_id, subject, tags, pending_children, limit_key, idempotency_key, created_at, runs, "
    "attempt, stalls, snoozes, worker, reason"
)
_FIXED = "clock_timestamp(), 0, 0, 0, 0, '', ''"
_LIVE = tuple(str(state) for state in LIVE)


def insert_many(jobs: Sequence[NewJob]) -> list[Enqueued]:
    """Insert jobs in one statement; those that meet an existing job (same id, same unique key) are not
    inserted, and the answer names the job they met."""
    records = json.dumps([dict(zip(_PLACES, _values(job), strict=True)) for job in jobs], default=str)
    with connection.cursor() as cursor:
        cursor.execute(_INSERT_MANY, [records])
        created = {uid for (uid,) in cursor.fetchall()}
    return [_answer(job, created) for job in jobs]


def find_met(job: NewJob) -> str | None:
    """The id of the existing job that `job` cannot be inserted beside."""
    sql = "SELECT uid FROM jobs_job WHERE uid = %s OR (unique_key = %s AND state = ANY(%s)) LIMIT 1"
    with connection.cursor() as cursor:
        cursor.execute(sql, [job.uid, job.unique_key, list(_LIVE)])
        row = cursor.fetchone()
    return row[0] if row else None


def insert_one(job: NewJob) -> Enqueued:
    """Insert one job, or name the existing one that it met.

    The job that it met may end between the two statements: then there is nothing to meet any more, and
    the insert is tried again. A job that waits for its replacement is not met but replaced.
    """
    while True:
        if try_insert(job):
            return Enqueued(job.uid, created=True)
        met = find_met(job)
        if met == job.uid and _replace(job):
            return Enqueued(job.uid, created=True)
        if met is not None:
            return Enqueued(met, created=False)


def _replace(job: NewJob) -> bool:
    """Take the place of the row with the same id, if it waits for that (see `jobs.store.replacement`)."""
    with connection.cursor() as cursor:
        cursor.execute(_REPLACE, [*_values(job), job.uid])
        return bool(cursor.rowcount)


def try_insert(job: NewJob) -> bool:
    """Insert one job; False when it met an existing one."""
    with connection.cursor() as cursor:
        cursor.execute(_INSERT_ONE, _values(job))
        return cursor.fetchone() is not None


def find_completed(idempotency_key: str, seconds: float) -> str | None:
    """The id of the job with this idempotency key that completed within the last `seconds`."""
    sql = (
        "SELECT uid FROM jobs_job WHERE idempotency_key = %s AND state = 'completed' "
        "AND finished_at > clock_timestamp() - make_interval(secs => %s) ORDER BY id DESC LIMIT 1"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [idempotency_key, seconds])
        row = cursor.fetchone()
    return row[0] if row else None


def _answer(job: NewJob, created: set[str]) -> Enqueued:
    if job.uid not in created:
        return insert_one(job)
    created.remove(job.uid)  # the next one with this id met it
    return Enqueued(job.uid, created=True)


def _values(job: NewJob) -> tuple[Any, ...]:
    return (
        job.uid, job.queue, job.task, job.args, job.kwargs, job.options, job.canvas, job.priority,
        str(job.state), job.max_attempts, job.delay, job.run_at, job.expires_in, job.expires_at, job.unique_key,
        job.correlation_id, job.subject, "{" + ",".join(f'"{tag}"' for tag in job.tags) + "}", job.pending_children,
        job.limit_key, job.idempotency_key,
    )  # fmt: skip


# The places stand in the order of `_values`: psycopg's placeholders have no numbers.
_SELECTED = (
    "{0}, {1}, {2}, {3}::jsonb, {4}::jsonb, {5}::jsonb, {6}::jsonb, {7}, {8}, {9}, "
    "coalesce(clock_timestamp() + make_interval(secs => {10}), {11}), "
    "coalesce(clock_timestamp() + make_interval(secs => {12}), {13}), "
    "{14}, {15}, {16}, {17}::varchar[], {18}, {19}, {20}"
)
_TYPES = [
    "text",
    "text",
    "text",
    "text",
    "text",
    "text",
    "text",
    "int2",
    "text",
    "int4",
    "float8",
    "timestamptz",
    "float8",
    "timestamptz",
    "text",
    "text",
    "text",
    "text",
    "int4",
    "text",
    "text",
]
_PLACES = tuple(f"c{n}" for n in range(len(_TYPES)))
_FROM_V = _SELECTED.format(*(f"v.c{n}" for n in range(len(_TYPES))))
# What is inserted is counted in the same statement: see `jobs.store.metrics`.
_COUNTED = (
    "WITH created AS ({insert} ON CONFLICT DO NOTHING RETURNING uid, queue, task, created_at), "
    "counted AS (INSERT INTO jobs_tally (queue, task, at, kind, n) {tally}) "
    "SELECT uid FROM created"
)
_INSERT_ONE = _COUNTED.format(
    insert=f"INSERT INTO jobs_job ({_COLUMNS}) "
    f"SELECT {_SELECTED.format(*(f'%s::{kind}' for kind in _TYPES))}, {_FIXED}",
    tally="SELECT queue, task, date_trunc('minute', created_at, 'UTC'), 'enqueued', 1 FROM created",
)
_REPLACE = (
    f"UPDATE jobs_job SET ({_COLUMNS.partition(', created_at')[0]}) = "  # noqa: S608 -- built from constants
    f"(SELECT {_SELECTED.format(*(f'%s::{kind}' for kind in _TYPES))}), attempt = 0, stalls = 0, snoozes = 0, "
    "started_at = NULL, progress = NULL, progress_detail = NULL, reason = '' "
    "WHERE uid = %s AND state = 'blocked' AND canvas @> '{\"replaced\": true}'"
)
_INSERT_MANY = _COUNTED.format(
    insert=f"INSERT INTO jobs_job ({_COLUMNS}) SELECT {_FROM_V}, {_FIXED} "  # noqa: S608 -- built from constants
    f"FROM json_to_recordset(%s::json) AS v({', '.join(f'c{n} {kind}' for n, kind in enumerate(_TYPES))})",
    tally="SELECT queue, task, date_trunc('minute', min(created_at), 'UTC'), 'enqueued', count(*) "
    "FROM created GROUP BY queue, task",
)
