"""The fold's write: what happened in the log, into the rows, one statement per batch.

Every row is guarded by the run it expects, so an event that comes twice, late or from a fenced run changes
nothing. History, results and dead letters are written for exactly the rows that moved.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from jobs.store.records import as_records


@dataclass(frozen=True)
class Start:
    """A run that started. Times are Unix seconds."""

    uid: str
    run: int
    at: float
    worker: str


@dataclass(frozen=True)
class Outcome:
    """How a run ended. `result` is Celery's JSON, None for no result or one that is stored already.

    `fraction` and `detail` (JSON) are the run's last progress that was not written before. `passed` is a
    value for what follows that is not kept as the result; nothing follows a run that was `ignored`.
    `children` are the results of the jobs that it enqueued, as Celery's JSON.
    """

    uid: str
    run: int
    kind: str
    started: float | None
    ended: float
    worker: str = ""
    delay: float | None = None
    reason: str = ""
    error_type: str = ""
    error: str = ""
    traceback: str = ""
    fingerprint: str = ""
    retryable: bool = True
    result: str | None = None
    keep_result: bool = True
    stalled_limit: int = 3
    args: str | None = None
    kwargs: str | None = None
    fraction: float | None = None
    detail: str | None = None
    passed: str | None = None
    children: str | None = None
    ignored: bool = False


@dataclass(frozen=True)
class Moved:
    """A row that an outcome changed, as it is now."""

    id: int
    uid: str
    queue: str
    task: str
    state: str
    outcome: str
    priority: int
    wait_seconds: float | None
    run_seconds: float | None
    due_in: float | None
    followed: bool = False
    started: float | None = None  # Unix seconds, as `ended`
    ended: float = 0.0
    fresh: bool = True  # its start was not written before


@dataclass(frozen=True)
class Begun:
    """A row that a start changed. `wait_seconds` is from due to started, None where nobody knows."""

    queue: str
    task: str
    started: float
    wait_seconds: float | None


def write_starts(starts: Sequence[Start]) -> list[Begun]:
    """Rows that are `waiting` for exactly this run become `active`; answers with those that did."""
    with connection.cursor() as cursor:
        cursor.execute(_START, [as_records(starts)])
        return [Begun(*row) for row in cursor.fetchall()]


def write_progress(latest: Sequence[tuple[str, int, float | None, str]]) -> None:
    """The latest progress of runs: job id, run, fraction, detail as JSON."""
    names = ("uid", "run", "fraction", "detail")
    if latest:
        with connection.cursor() as cursor:
            cursor.execute(_PROGRESS, [json.dumps([dict(zip(names, row, strict=True)) for row in latest])])


def write_outcomes(outcomes: Sequence[Outcome]) -> list[Moved]:
    """Move the rows, write attempts, results and dead letters; answers with the rows that moved."""
    with connection.cursor() as cursor:
        cursor.execute(_OUTCOME, [as_records(outcomes)])
        return [Moved(*row) for row in cursor.fetchall()]


# The guard is a CASE so that the planner looks each job up by its id: as plain conditions it would match the
# partial indexes of waiting and active jobs and might read all of a backlog.
_EXPECTED = (
    "CASE j.state WHEN 'active' THEN j.runs = v.run WHEN 'waiting' THEN j.runs = v.run - 1 ELSE false END"
)

# Canvas entries that somebody has to act upon when the job ends.
_FOLLOWED = "j.canvas ?| '{link,link_error,chain,chord}'"
# A job that somebody asked to cancel does not run again, whatever ended its run; completed and failed stay so.
_CANCELLED = (
    "(v.kind IN ('cancelled', 'expired')"
    " OR (j.cancel_requested_at IS NOT NULL AND v.kind IN ('retried', 'snoozed', 'stalled')))"
)

# A run that nobody holds any more ends by an event that does not know its start: the row does, and so do the
# counters.
# `o` is the row as it was (RETURNING OLD needs PostgreSQL 18). Since when a job was due is known for its first
# run and for one whose moment was set after the run before; not for parents, nor for what a stall gave back.
_DUE = """
    CASE WHEN o.children_count = 0 AND (o.runs = 0 OR o.run_at > o.started_at)
        THEN greatest(o.created_at, o.run_at) END
"""

_START = f"""
UPDATE jobs_job j
SET state = 'active', runs = v.run, started_at = to_timestamp(v.at), worker = v.worker,
    progress = NULL, progress_detail = NULL
FROM json_to_recordset(%s::json) AS v(uid text, run int, at float8, worker text) JOIN jobs_job o ON o.uid = v.uid
WHERE j.uid = v.uid AND CASE j.state WHEN 'waiting' THEN j.runs = v.run - 1 ELSE false END
RETURNING j.queue, j.task, v.at, extract(epoch FROM to_timestamp(v.at) - {_DUE})::float8
"""  # noqa: S608 -- built from constants

_PROGRESS = """
UPDATE jobs_job j
SET progress = coalesce(v.fraction, j.progress), progress_detail = v.detail::jsonb
FROM json_to_recordset(%s::json) AS v(uid text, run int, fraction float8, detail text)
WHERE j.uid = v.uid AND CASE j.state WHEN 'active' THEN j.runs = v.run ELSE false END
"""

_OUTCOME = f"""
WITH v AS (
    SELECT * FROM json_to_recordset(%s::json) AS v(
        uid text, run int, kind text, started float8, ended float8, worker text, delay float8, reason text,
        error_type text, error text, traceback text, fingerprint text, retryable bool, result text,
        keep_result bool, stalled_limit int, args text, kwargs text, fraction float8, detail text, passed text,
        children text, ignored bool)
), moved AS (
    UPDATE jobs_job j SET
        state = CASE
            WHEN v.kind = 'completed' THEN 'completed'
            WHEN {_CANCELLED} THEN 'cancelled'
            WHEN v.kind = 'failed' OR (v.kind = 'stalled' AND j.stalls + 1 >= v.stalled_limit) THEN 'failed'
            WHEN v.kind = 'replaced' THEN 'blocked'
            WHEN v.delay > 0 THEN 'delayed'
            ELSE 'waiting' END,
        runs = v.run,
        attempt = j.attempt + (v.kind IN ('completed', 'failed', 'retried'))::int,
        stalls = j.stalls + (v.kind = 'stalled')::int,
        snoozes = j.snoozes + (v.kind = 'snoozed')::int,
        run_at = CASE WHEN v.delay > 0 THEN clock_timestamp() + make_interval(secs => v.delay) ELSE j.run_at END,
        started_at = coalesce(to_timestamp(v.started), j.started_at),
        finished_at = CASE
            WHEN v.kind IN ('completed', 'failed') OR {_CANCELLED}
                OR (v.kind = 'stalled' AND j.stalls + 1 >= v.stalled_limit) THEN to_timestamp(v.ended) END,
        progress = CASE WHEN v.kind = 'completed' THEN 1
            ELSE coalesce(v.fraction, CASE WHEN j.state = 'active' THEN j.progress END) END,
        progress_detail = coalesce(v.detail::jsonb, CASE WHEN j.state = 'active' THEN j.progress_detail END),
        worker = CASE WHEN v.worker <> '' THEN v.worker ELSE j.worker END,
        reason = CASE WHEN j.cancel_requested_at IS NULL OR v.kind IN ('completed', 'failed', 'expired') THEN v.reason
            WHEN v.kind = 'cancelled' THEN j.cancel_reason || '; ' || v.reason
            ELSE j.cancel_reason || '; its run had ended (' || v.kind || ')' END,
        args = coalesce(v.args::jsonb, j.args),
        kwargs = coalesce(v.kwargs::jsonb, j.kwargs),
        canvas = CASE WHEN v.kind = 'replaced' THEN '{{"replaced": true}}' ELSE j.canvas END
    FROM v JOIN jobs_job o ON o.uid = v.uid
    WHERE j.uid = v.uid AND {_EXPECTED}
    RETURNING j.*, {_DUE} AS due, o.state <> 'active' AS fresh,
        CASE WHEN j.state = 'cancelled' AND v.kind <> 'expired' THEN 'cancelled' ELSE v.kind END AS kind,
        coalesce(v.started, CASE WHEN o.state = 'active' THEN extract(epoch FROM o.started_at)::float8 END) AS started,
        v.ended, v.error_type, v.error, v.traceback, v.fingerprint, v.retryable,
        v.result, v.keep_result, v.delay AS retry_delay, v.passed, v.children, v.ignored,
        v.kind = 'replaced' OR (j.canvas IS NOT NULL AND {_FOLLOWED}) AS followed
), continuations AS (
    INSERT INTO jobs_continuation (uid, outcome, value, traceback)
    SELECT uid, CASE kind WHEN 'replaced' THEN kind ELSE state END, coalesce(passed, result), traceback
    FROM moved WHERE followed AND (state IN ('completed', 'failed', 'cancelled') OR kind = 'replaced') AND NOT ignored
), history AS (
    INSERT INTO jobs_attempt
        (job_id, run, outcome, started_at, ended_at, seconds, worker, error_type, error, traceback, delay, reason)
    SELECT id, runs, kind, to_timestamp(started), to_timestamp(ended), ended - started, worker, error_type, error,
        traceback, retry_delay, reason
    FROM moved
    ON CONFLICT DO NOTHING
), letters AS (
    INSERT INTO jobs_deadletter
        (job_uid, queue, task, args, kwargs, options, priority, correlation_id, tags, error_type, error, traceback,
         fingerprint, retryable, reason, attempts, runs, failed_at, resolution, resolved_by, note, unique_key,
         history)
    SELECT uid, queue, task, args, kwargs, options, priority, correlation_id, to_jsonb(tags), error_type, error,
        traceback, fingerprint, retryable, reason, attempt, runs, to_timestamp(ended), '', '', '', unique_key,
        (SELECT coalesce(jsonb_agg(jsonb_build_object(
            'run', a.run, 'outcome', a.outcome, 'started_at', a.started_at, 'ended_at', a.ended_at,
            'seconds', a.seconds, 'worker', a.worker, 'error_type', a.error_type, 'error', left(a.error, 2000),
            'delay', a.delay, 'reason', left(a.reason, 2000)) ORDER BY a.run), '[]')
         FROM jobs_attempt a WHERE a.job_id = moved.id AND a.run < moved.runs AND a.run >= moved.runs - 50)
    FROM moved WHERE state = 'failed'
    ON CONFLICT DO NOTHING
), results AS (
    INSERT INTO django_celery_results_taskresult
        (task_id, task_name, task_args, task_kwargs, status, worker, content_type, content_encoding, result,
         date_created, date_started, date_done, traceback, meta, periodic_task_name)
    SELECT uid, task, args::text, kwargs::text,
        CASE state WHEN 'completed' THEN 'SUCCESS' WHEN 'failed' THEN 'FAILURE' ELSE 'REVOKED' END,
        left(worker, 100), 'application/json', 'utf-8',
        CASE state WHEN 'cancelled' THEN jsonb_build_object('exc_type', 'TaskRevokedError', 'exc_message',
            jsonb_build_array(coalesce(nullif(reason, ''), kind)), 'exc_module', 'celery.exceptions')::text
        ELSE result END,
        created_at, to_timestamp(started), to_timestamp(ended), nullif(traceback, ''),
        '{{"children": ' || coalesce(children, '[]') || '}}',
        options ->> 'periodic_task_name'
    FROM moved WHERE state IN ('completed', 'failed', 'cancelled') AND keep_result
    ON CONFLICT (task_id) DO UPDATE SET
        status = excluded.status, worker = excluded.worker, task_args = excluded.task_args,
        task_kwargs = excluded.task_kwargs, result = coalesce(excluded.result, django_celery_results_taskresult.result),
        date_started = excluded.date_started, date_done = excluded.date_done, traceback = excluded.traceback,
        meta = excluded.meta
)
SELECT id, uid, queue, task, state, kind, priority,
    extract(epoch FROM to_timestamp(started) - due)::float8, (ended - started)::float8,
    CASE WHEN state = 'delayed' THEN retry_delay END, followed, started, ended, fresh
FROM moved
"""  # noqa: S608 -- built from constants
