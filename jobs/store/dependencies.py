"""Parents that wait for children: the edge, and the countdown in the fold's transaction."""

from collections.abc import Mapping, Sequence

from django.db import connection

from jobs.errors import OptionRefused


def add_dependencies(parent_uid: str, children: Sequence[str]) -> int:
    """Let a job wait for others, in the caller's transaction; answers how many are still unfinished.

    The children's rows are locked first: a child that ends at the same moment is either seen as finished
    here or counts down the edge that this transaction commits.
    """
    if parent_uid in children:
        raise OptionRefused("depends_on", "a job cannot wait for itself")
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_CHILDREN, [sorted(children)])
        found = cursor.fetchall()
        _check({uid: state for _, uid, state in found}, children)
        live = [child_id for child_id, _, state in found if state != "completed"]
        cursor.execute(_ADD, [live, parent_uid])
        cursor.execute(_HOLD, [len(live), parent_uid])
    return len(live)


def count_down(finished: Sequence[tuple[int, bool]]) -> set[str]:
    """Tell the parents of finished jobs, given as (row id, completed well); answers with their queues.

    A parent whose children all completed is unblocked; one whose child failed or was cancelled fails, as
    it could never run, and so do its own parents.
    """
    queues: set[str] = set()
    with connection.cursor() as cursor:
        while finished:
            ids = [row_id for row_id, _ in finished]
            cursor.execute(_COUNT_DOWN, [ids, ids, [well for _, well in finished]])
            parents = cursor.fetchall()
            queues |= {queue for _, queue, _ in parents}
            finished = [(row_id, False) for row_id, _, state in parents if state == "failed"]
            if finished:
                cursor.execute(_RECORD_FAILED, [[row_id for row_id, _ in finished]])
    return queues


def _check(states: Mapping[str, str], children: Sequence[str]) -> None:
    for uid in children:
        if uid not in states:
            raise OptionRefused("depends_on", f"there is no job {uid!r}")
        if states[uid] in {"failed", "cancelled"}:
            raise OptionRefused(
                "depends_on", f"the job {uid!r} is {states[uid]}, so this one could never run"
            )


_LOCK_CHILDREN = "SELECT id, uid, state FROM jobs_job WHERE uid = ANY(%s) ORDER BY id FOR UPDATE"

_ADD = """
INSERT INTO jobs_dependency (parent_id, child_id, done)
SELECT p.id, c, false FROM unnest(%s::bigint[]) AS c JOIN jobs_job p ON p.uid = %s
ON CONFLICT DO NOTHING
"""

_HOLD = """
UPDATE jobs_job SET pending_children = pending_children + v.n, state = CASE WHEN v.n > 0 THEN 'blocked' ELSE state END
FROM (SELECT %s::int AS n) v WHERE uid = %s
"""

_COUNT_DOWN = """
WITH done AS (
    UPDATE jobs_dependency SET done = true WHERE child_id = ANY(%s) AND NOT done RETURNING parent_id, child_id
), counted AS (
    SELECT parent_id, count(*) AS n, bool_and(v.completed) AS well
    FROM done JOIN unnest(%s::bigint[], %s::bool[]) AS v(id, completed) ON v.id = done.child_id
    GROUP BY parent_id
)
UPDATE jobs_job p SET
    pending_children = p.pending_children - counted.n,
    state = CASE
        WHEN p.state <> 'blocked' THEN p.state
        WHEN NOT counted.well THEN 'failed'
        WHEN p.pending_children - counted.n > 0 THEN 'blocked'
        WHEN p.run_at > clock_timestamp() THEN 'delayed'
        ELSE 'waiting' END,
    finished_at = CASE WHEN p.state = 'blocked' AND NOT counted.well THEN clock_timestamp() ELSE p.finished_at END,
    reason = CASE WHEN p.state = 'blocked' AND NOT counted.well THEN 'a job that it depends on failed' ELSE p.reason END
FROM counted WHERE p.id = counted.parent_id
RETURNING p.id, p.queue, p.state
"""

_RECORD_FAILED = """
WITH failed AS (
    SELECT * FROM jobs_job WHERE id = ANY(%s)
), letters AS (
    INSERT INTO jobs_deadletter
        (job_uid, queue, task, args, kwargs, options, priority, correlation_id, tags, error_type, error, traceback,
         fingerprint, retryable, reason, attempts, runs, failed_at, resolution, resolved_by, note, unique_key)
    SELECT uid, queue, task, args, kwargs, options, priority, correlation_id, to_jsonb(tags), 'DependencyFailed',
        reason, '', md5(task || 'DependencyFailed'), true, reason, attempt, runs, finished_at, '', '', '', unique_key
    FROM failed ON CONFLICT DO NOTHING
)
INSERT INTO django_celery_results_taskresult
    (task_id, task_name, status, content_type, content_encoding, result, date_created, date_done, meta)
SELECT uid, task, 'FAILURE', 'application/json', 'utf-8',
    jsonb_build_object('exc_type', 'DependencyFailed', 'exc_message', jsonb_build_array(reason),
                       'exc_module', 'jobs.errors')::text,
    created_at, finished_at, '{"children": []}'
FROM failed ON CONFLICT (task_id) DO NOTHING
"""
