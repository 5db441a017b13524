"""Parents that wait for children: the edge, and the countdown in the fold's transaction."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from jobs.errors import IllegalMove, NotFound, OptionRefused
from jobs.flows import ALL, Policy
from jobs.states import TERMINAL


def add_dependencies(parent_uid: str, children: Sequence[str], policy: Policy = ALL) -> int:
    """Let a job wait for others, in the caller's transaction; answers how many are still unfinished.

    The children's rows are locked first: a child that ends at the same moment is either seen as finished
    here or counts down the edge that this transaction commits.
    """
    if parent_uid in children:
        raise OptionRefused("depends_on", "a job cannot wait for itself")
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_CHILDREN, [sorted(children)])
        found = cursor.fetchall()
        _check({uid: state for _, uid, state in found}, children, policy)
        cursor.execute(_ADD, [[row_id for row_id, *_ in found], [state for *_, state in found], parent_uid])
        plain = {"share": policy.share, "cancel_siblings": policy.cancel_siblings}
        text = None if policy == ALL else json.dumps(plain)
        cursor.execute(_HOLD, [text, parent_uid, parent_uid])
        return int(cursor.fetchone()[0])


def add_child(parent_uid: str, child_uid: str) -> None:
    """Let a blocked job wait for one more, in a transaction of its own or the caller's.

    NotFound for strangers; IllegalMove when the parent is not blocked any more: it may have started.
    OptionRefused when that would close a cycle.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LATE_CHILDREN])
        cursor.execute(_LOCK_CHILDREN, [[child_uid]])
        child = cursor.fetchone()
        if child is None:
            raise NotFound(f"There is no job {child_uid!r}.")
        if cycle := _path(cursor, parent_uid, child_uid):
            raise OptionRefused("depends_on", f"a cycle: {' -> '.join([*cycle, parent_uid])}")
        if child[2] in {"failed", "cancelled"}:
            raise OptionRefused("depends_on", f"the job {child_uid!r} is {child[2]}")
        live = int(child[2] not in TERMINAL)
        cursor.execute(_HOLD_ONE_MORE, [live, parent_uid])
        if not cursor.rowcount:
            raise IllegalMove(f"The job {parent_uid!r} is not blocked: it cannot wait for another one.")
        cursor.execute(_ADD, [[child[0]], [child[2]], parent_uid])
        if not cursor.rowcount:
            raise IllegalMove(f"The job {parent_uid!r} waits for {child_uid!r} already.")


def failed_children(parent_uid: str) -> list[str]:
    """The children that failed or were cancelled, locked, when the parent's policy is not met without them."""
    with connection.cursor() as cursor:
        cursor.execute(_FAILED_CHILDREN, [parent_uid])
        return [uid for (uid,) in cursor.fetchall()]


def count_again(parent_uid: str) -> None:
    """A parent that is retried counts its children anew, and is blocked while any is unfinished."""
    with connection.cursor() as cursor:
        cursor.execute(_RESET_EDGES, [parent_uid])
        if cursor.rowcount:
            cursor.execute(_WAIT_AGAIN, [parent_uid])


def _path(cursor: Any, target_uid: str, start_uid: str) -> list[str]:
    """The jobs through which `start` waits for `target`, from `target`'s side; empty when it does not."""
    cursor.execute(_WAITS_FOR, [start_uid, target_uid])
    row = cursor.fetchone()
    return list(reversed(row[0])) if row else []


@dataclass(frozen=True)
class Parent:
    """A parent that was unblocked or failed by its children."""

    id: int
    uid: str
    queue: str
    state: str
    cancel_siblings: bool


def count_down(finished: Sequence[tuple[int, bool]]) -> list[Parent]:
    """Tell the parents of finished jobs, given as (row id, completed well); answers with those that moved.

    A parent whose children ended as its policy asks is unblocked; one whose policy cannot be met any more
    fails, as it could never run, and so do its own parents.
    """
    moved: list[Parent] = []
    with connection.cursor() as cursor:
        while finished:
            ids = [row_id for row_id, _ in finished]
            cursor.execute(_COUNT_DOWN, [ids, [well for _, well in finished]])
            parents = [Parent(*row) for *row, before in cursor.fetchall() if before == "blocked"]
            parents = [parent for parent in parents if parent.state != "blocked"]
            moved += parents
            failed = [parent.id for parent in parents if parent.state == "failed"]
            finished = [(row_id, False) for row_id in failed]
            if failed:
                cursor.execute(_RECORD_FAILED, [failed])
    return moved


def _check(states: Mapping[str, str], children: Sequence[str], policy: Policy) -> None:
    for uid in children:
        if uid not in states:
            raise OptionRefused("depends_on", f"there is no job {uid!r}")
    failed = [uid for uid, state in states.items() if state in {"failed", "cancelled"}]
    if len(failed) > len(states) - math.ceil(len(states) * policy.share):
        raise OptionRefused(
            "depends_on", f"the job {failed[0]!r} is {states[failed[0]]}, so this one could never run"
        )


_LOCK_CHILDREN = "SELECT id, uid, state FROM jobs_job WHERE uid = ANY(%s) ORDER BY id FOR UPDATE"

_ADD = """
INSERT INTO jobs_dependency (parent_id, child_id, done, well)
SELECT p.id, c.id, c.state IN ('completed', 'failed', 'cancelled'), c.state = 'completed'
FROM unnest(%s::bigint[], %s::text[]) AS c(id, state) JOIN jobs_job p ON p.uid = %s
ON CONFLICT DO NOTHING
"""

# Counted from the edges: a job that replaced another one may wait for some already.
_HOLD = """
UPDATE jobs_job p SET policy = %s::jsonb, children_count = e.n, failed_children = e.failed,
    pending_children = e.pending, state = CASE WHEN e.pending > 0 THEN 'blocked' ELSE p.state END
FROM (
    SELECT count(*) AS n, count(*) FILTER (WHERE d.done AND NOT d.well) AS failed,
        count(*) FILTER (WHERE NOT d.done) AS pending
    FROM jobs_dependency d WHERE d.parent_id = (SELECT id FROM jobs_job WHERE uid = %s)
) e WHERE p.uid = %s
RETURNING p.pending_children
"""

_HOLD_ONE_MORE = """
UPDATE jobs_job SET pending_children = pending_children + %s, children_count = children_count + 1
WHERE uid = %s AND state = 'blocked'
"""

_FAILED_CHILDREN = """
SELECT c.uid FROM jobs_job p JOIN jobs_dependency d ON d.parent_id = p.id JOIN jobs_job c ON c.id = d.child_id
WHERE p.uid = %s AND c.state IN ('failed', 'cancelled')
    AND p.failed_children > p.children_count - ceil(p.children_count * coalesce((p.policy ->> 'share')::numeric, 1))
ORDER BY c.id FOR UPDATE OF c
"""

_RESET_EDGES = """
UPDATE jobs_dependency d SET done = c.finished_at IS NOT NULL, well = c.state = 'completed' OR d.regardless
FROM jobs_job p, jobs_job c WHERE p.uid = %s AND d.parent_id = p.id AND c.id = d.child_id
"""

_WAIT_AGAIN = """
UPDATE jobs_job p SET pending_children = e.pending, failed_children = e.failed,
    state = CASE WHEN e.pending > 0 THEN 'blocked' ELSE p.state END
FROM (
    SELECT d.parent_id, count(*) FILTER (WHERE NOT d.done) AS pending,
        count(*) FILTER (WHERE d.done AND NOT d.well) AS failed
    FROM jobs_dependency d WHERE d.parent_id = (SELECT id FROM jobs_job WHERE uid = %s) GROUP BY d.parent_id
) e WHERE e.parent_id = p.id
"""

_LATE_CHILDREN = 5_430_030  # one late child at a time: two that look for cycles at once see only themselves

_WAITS_FOR = """
WITH RECURSIVE reached(id, uid, path) AS (
    SELECT id, uid, ARRAY[uid::text] FROM jobs_job WHERE uid = %s
    UNION ALL
    SELECT c.id, c.uid, r.path || c.uid::text
    FROM reached r JOIN jobs_dependency d ON d.parent_id = r.id JOIN jobs_job c ON c.id = d.child_id
    WHERE NOT c.uid = ANY(r.path)
)
SELECT path FROM reached WHERE uid = %s LIMIT 1
"""

# What decides stands in the parent's own row: of two folds at once, the second sees what the first counted.
_COUNT_DOWN = """
WITH done AS (
    UPDATE jobs_dependency d SET done = true, well = v.completed OR d.regardless
    FROM unnest(%s::bigint[], %s::bool[]) AS v(id, completed)
    WHERE d.child_id = v.id AND NOT d.done
    RETURNING d.parent_id, v.completed OR d.regardless AS completed, d.regardless
), counted AS (
    SELECT parent_id, count(*) AS n, count(*) FILTER (WHERE NOT completed) AS failed, bool_or(regardless) AS follows
    FROM done GROUP BY parent_id
), held AS (
    SELECT j.id, j.state FROM jobs_job j JOIN counted ON counted.parent_id = j.id ORDER BY j.id FOR UPDATE OF j
)
UPDATE jobs_job p SET
    pending_children = p.pending_children - counted.n,
    failed_children = p.failed_children + counted.failed,
    unique_key = CASE WHEN counted.follows THEN left(p.unique_key, 64) ELSE p.unique_key END,
    state = CASE
        WHEN p.state <> 'blocked' THEN p.state
        WHEN {hopeless} THEN 'failed'
        WHEN p.pending_children - counted.n > 0 THEN 'blocked'
        WHEN p.run_at > clock_timestamp() THEN 'delayed'
        ELSE 'waiting' END,
    finished_at = CASE WHEN p.state = 'blocked' AND {hopeless} THEN clock_timestamp() ELSE p.finished_at END,
    reason = CASE WHEN p.state = 'blocked' AND {hopeless} THEN 'a job that it depends on failed' ELSE p.reason END
FROM counted JOIN held ON held.id = counted.parent_id WHERE p.id = counted.parent_id
RETURNING p.id, p.uid, p.queue, p.state, coalesce((p.policy ->> 'cancel_siblings')::bool, false), held.state
""".format(  # noqa: S608 -- built from constants
    hopeless="p.failed_children + counted.failed > p.children_count"
    " - ceil(p.children_count * coalesce((p.policy ->> 'share')::numeric, 1))"
)

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
), continuations AS (
    INSERT INTO jobs_continuation (uid, outcome, value, traceback)
    SELECT uid, 'failed', jsonb_build_object('exc_type', 'DependencyFailed',
        'exc_message', jsonb_build_array(reason), 'exc_module', 'jobs.errors')::text, ''
    FROM failed WHERE canvas ?| '{link,link_error,chain,chord}'
), counted AS (
    INSERT INTO jobs_tally (queue, task, at, kind, n)
    SELECT queue, task, date_trunc('minute', finished_at, 'UTC'), 'failed', 1 FROM failed
)
INSERT INTO django_celery_results_taskresult
    (task_id, task_name, status, content_type, content_encoding, result, date_created, date_done, meta)
SELECT uid, task, 'FAILURE', 'application/json', 'utf-8',
    jsonb_build_object('exc_type', 'DependencyFailed', 'exc_message', jsonb_build_array(reason),
                       'exc_module', 'jobs.errors')::text,
    created_at, finished_at, '{"children": []}'
FROM failed ON CONFLICT (task_id) DO NOTHING
"""
