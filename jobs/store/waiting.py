"""The waiting set: what may be released next, and what becomes due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

_COLUMNS = """uid, queue, task, args::text, kwargs::text, options::text, canvas::text, runs, attempt, snoozes,
    correlation_id, coalesce((extract(epoch FROM expires_at) * 1000)::bigint, 0), limit_key, priority, id, created_at"""


class WaitingJob(NamedTuple):
    """A row of the waiting set. JSON columns are text; `expires_ms` is 0 for never."""

    uid: str
    queue: str
    task: str
    args: str
    kwargs: str
    options: str
    canvas: str | None
    runs: int
    attempt: int
    snoozes: int
    correlation_id: str
    expires_ms: int
    limit_key: str
    priority: int
    id: int
    created_at: datetime


@dataclass(frozen=True)
class Wanted:
    """Which waiting jobs of a queue may be taken; `up_to` is the last row id, None for no bound."""

    queue: str
    except_for: Sequence[str]
    except_tasks: Sequence[str] = ()
    up_to: int | None = None

    def where(self) -> tuple[str, list[Any]]:
        """As SQL, for the index in release order."""
        sql = "queue = %s AND state = 'waiting' AND uid <> ALL(%s) AND cancel_requested_at IS NULL"
        values: list[Any] = [self.queue, list(self.except_for)]
        if self.except_tasks:
            sql, values = f"{sql} AND task <> ALL(%s)", [*values, list(self.except_tasks)]
        if self.up_to is not None:
            sql, values = f"{sql} AND id <= %s", [*values, self.up_to]
        return sql, values


_BY_UID = f"SELECT {_COLUMNS} FROM jobs_job WHERE uid = ANY(%s)"  # noqa: S608 -- built from constants

_NEXT = "SELECT {columns} FROM jobs_job WHERE {where} ORDER BY priority DESC, id LIMIT %s"

_BY_KEY = """
WITH RECURSIVE keys AS (
    (SELECT limit_key, 1 AS n FROM jobs_job
     WHERE queue = %s AND state = 'waiting' AND limit_key <> '' AND limit_key > %s ORDER BY limit_key LIMIT 1)
    UNION ALL
    SELECT (SELECT j.limit_key FROM jobs_job j WHERE j.queue = %s AND j.state = 'waiting' AND j.limit_key <> ''
            AND j.limit_key > keys.limit_key ORDER BY j.limit_key LIMIT 1), n + 1
    FROM keys WHERE keys.limit_key IS NOT NULL AND n < 1000
)
SELECT picked.* FROM keys, LATERAL (
    SELECT {columns} FROM jobs_job
    WHERE limit_key = keys.limit_key AND limit_key <> '' AND {where} ORDER BY priority DESC, id LIMIT %s
) AS picked
WHERE keys.limit_key <> ALL(%s)
"""

_BY_PRIORITY = """
WITH RECURSIVE levels AS (
    (SELECT priority::int FROM jobs_job WHERE queue = %s AND state = 'waiting' ORDER BY priority DESC LIMIT 1)
    UNION ALL
    SELECT (SELECT j.priority::int FROM jobs_job j WHERE j.queue = %s AND j.state = 'waiting'
            AND j.priority < levels.priority ORDER BY j.priority DESC LIMIT 1)
    FROM levels WHERE levels.priority IS NOT NULL
)
SELECT picked.* FROM levels, LATERAL (
    SELECT {columns} FROM jobs_job WHERE priority = levels.priority AND {where} ORDER BY id LIMIT %s
) AS picked
"""

_ATTEMPTS = 20_000  # that are looked at for a rate's window at first; all queues share the history
_ATTEMPTS_AT_MOST = 1_280_000
_LATE_FOLD = 5.0  # seconds that an end may be written later than one after it
# Attempts are written when they end: behind one that ended before the window none started in it.
_ATTEMPT_AT = """
SELECT id, ended_at < clock_timestamp() - make_interval(secs => %s) FROM jobs_attempt
ORDER BY id DESC OFFSET %s LIMIT 1
"""

# The attempts of the window, and what runs now.
_RECENT_STARTS = """
SELECT task, limit_key, at FROM (
    SELECT j.task, j.limit_key, extract(epoch FROM a.started_at)::float8 AS at
    FROM jobs_attempt a JOIN jobs_job j ON j.id = a.job_id
    WHERE a.id > %s AND j.queue = %s AND a.started_at > clock_timestamp() - make_interval(secs => %s)
    UNION ALL
    SELECT task, limit_key, extract(epoch FROM started_at)::float8 FROM jobs_job
    WHERE queue = %s AND state = 'active' AND started_at > clock_timestamp() - make_interval(secs => %s)
) AS starts ORDER BY at
"""

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


def next_waiting(wanted: Wanted, limit: int) -> list[WaitingJob]:
    """The next jobs in release order: priority, then age."""
    where, values = wanted.where()
    return _fetch(_NEXT.format(columns=_COLUMNS, where=where), [*values, limit])


def next_by_key(wanted: Wanted, after: str, except_keys: Sequence[str], limit: int) -> list[WaitingJob]:
    """The next jobs of each key, up to `limit` a key; keys in their order from the one after `after`.

    Keys are found by jumping through the index (https://wiki.postgresql.org/wiki/Loose_indexscan): the cost
    grows with the number of keys, at most a thousand at once, not with their backlogs.
    """
    where, values = wanted.where()
    sql = _BY_KEY.format(columns=_COLUMNS, where=where)
    found = _fetch(sql, [wanted.queue, after, wanted.queue, *values, limit, list(except_keys)])
    if after:
        seen = {job.uid for job in found}
        wrapped = _fetch(sql, [wanted.queue, "", wanted.queue, *values, limit, list(except_keys)])
        found += [job for job in wrapped if job.uid not in seen]
    return found


def next_by_priority(wanted: Wanted, limit: int) -> list[WaitingJob]:
    """The oldest jobs of each priority, up to `limit` each."""
    where, values = wanted.where()
    return _fetch(
        _BY_PRIORITY.format(columns=_COLUMNS, where=where), [wanted.queue, wanted.queue, *values, limit]
    )


def waiting_by_uid(uids: Sequence[str]) -> list[WaitingJob]:
    """The same columns for these jobs."""
    return _fetch(_BY_UID, [list(uids)])


def waiting_to_run(uids: Sequence[str]) -> list[WaitingJob]:
    """The same columns for those of these jobs that are waiting."""
    return _fetch(f"{_BY_UID} AND state = 'waiting'", [list(uids)])


def recent_starts(queue: str, seconds: float) -> list[tuple[str, str, float]]:
    """Task, limit key and moment (Unix seconds) of the queue's starts of the last `seconds`, oldest first."""
    with connection.cursor() as cursor:
        behind = _attempt_before(cursor, seconds)
        cursor.execute(_RECENT_STARTS, [behind, queue, seconds, queue, seconds])
        return list(cursor.fetchall())


def _attempt_before(cursor: Any, seconds: float) -> int:
    """The id of an attempt that ended before the last `seconds`; 0 when there is none."""
    depth = _ATTEMPTS
    while True:
        cursor.execute(_ATTEMPT_AT, [seconds + _LATE_FOLD, depth])
        row = cursor.fetchone()
        if row is None:
            return 0
        if row[1] or depth >= _ATTEMPTS_AT_MOST:
            return int(row[0])
        depth *= 4


def _fetch(sql: str, values: Sequence[Any]) -> list[WaitingJob]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [WaitingJob._make(row) for row in cursor.fetchall()]


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
