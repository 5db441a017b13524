"""What operators do to single jobs: guarded moves outside the fold."""

from collections.abc import Sequence
from contextlib import suppress
from functools import partial

from django.db import IntegrityError, connection, transaction

from jobs import audit
from jobs.errors import IllegalMove, NotFound, Unavailable
from jobs.fence import keys, leases
from jobs.fence.connection import REDIS_ERRORS, client
from jobs.states import MOVES
from jobs.store.cancelling import Cancellation, request
from jobs.store.dependencies import count_again, count_down, failed_children
from jobs.store.parents import tell_parents
from jobs.wake import tell


def cancel(uid: str, reason: str = "cancelled", *, interrupt: bool = True) -> Cancellation:
    """Cancel a job: at once when it does not run, else its run is asked to end (see `jobs.store.cancelling`).

    IllegalMove when it ended; Unavailable when it waits and Redis does not answer.
    The ticket is withdrawn first: once that is done, no claim can start the job. `interrupt`: whether a
    run that does not end by itself is interrupted, and killed after that.
    """
    queue, state = _locked(uid)
    if state not in MOVES["cancel"].sources:
        raise IllegalMove(f"A job that is {state} cannot be cancelled.")
    if state == "active" or not _withdrawn(queue, uid):
        with transaction.atomic():
            asked = request(uid, reason, interrupt=interrupt)
            audit.record("cancel", f"job {uid}", reason=reason, running=True)
        return asked
    if not cancel_waiting(queue, uid, reason):
        raise IllegalMove("The job has just ended.")
    return Cancellation(running=False)


def cancel_waiting(queue: str, uid: str, reason: str) -> bool:
    """Cancel a job whose ticket was withdrawn; False when it ended."""
    with transaction.atomic():
        ended = end_withdrawn([uid], reason)
        if not ended:
            return False
        parents = count_down([(row_id, False) for row_id in ended])
        audit.record("cancel", f"job {uid}", reason=reason)
    _tell_after_commit(queue, "withdrawn", uid, reason)
    tell_parents(parents)
    return True


def end_withdrawn(uids: Sequence[str], reason: str) -> list[int]:
    """Cancel the rows of jobs whose tickets were withdrawn, with their results and what follows them.

    Answers with the row ids of those that had not ended; their parents are to be counted down.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CANCEL, [reason, list(uids)])
        return [row_id for (row_id,) in cursor.fetchall()]


def retry(uid: str) -> None:
    """Let a failed or cancelled job wait again, with all its attempts.

    A parent runs only when its policy is met: children that failed or were cancelled are retried with it,
    and it waits for those that are not finished.
    """
    with transaction.atomic():
        wait_again(uid)
        audit.record("retry", f"job {uid}")


def wait_again(uid: str) -> None:
    """What `retry` does, for callers that record the act themselves."""
    queue, state = _locked(uid)
    if state not in MOVES["retry"].sources:
        raise IllegalMove(f"A job that is {state} cannot be retried.")
    with transaction.atomic():
        _guarded(_RETRY, uid, f"The job is {state} no more.")
        for child in failed_children(uid):
            wait_again(child)
        count_again(uid)
    transaction.on_commit(partial(_permit, queue, uid), robust=True)
    _tell_after_commit(queue, "enqueued", uid, "retried by hand")


def promote(uid: str) -> None:
    """Let a delayed job run now."""
    queue, state = _locked(uid)
    if state not in MOVES["promote"].sources:
        raise IllegalMove(f"A job that is {state} is not delayed.")
    with transaction.atomic():
        _guarded(_PROMOTE, uid, "The job is delayed no more.")
        audit.record("promote", f"job {uid}")
    _tell_after_commit(queue, "enqueued", uid, "promoted")


def _withdrawn(queue: str, uid: str) -> bool:
    try:
        return leases.withdraw(client(), queue, uid)
    except REDIS_ERRORS as error:
        raise Unavailable("Redis does not answer; the job was not cancelled.") from error


def _permit(queue: str, uid: str) -> None:
    """Lift what a cancellation left behind: tickets may be written again. Without Redis it lapses by itself."""
    with suppress(*REDIS_ERRORS):
        client().hdel(keys.withdrawn(queue), uid)


def _locked(uid: str) -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT queue, state FROM jobs_job WHERE uid = %s", [uid])
        row = cursor.fetchone()
    if row is None:
        raise NotFound(f"There is no job {uid!r}.")
    return row[0], row[1]


def _guarded(sql: str, uid: str, problem: str) -> None:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, [uid] * sql.count("%s"))
            if cursor.rowcount == 0:
                raise IllegalMove(problem)
    except IntegrityError as error:
        raise IllegalMove("Another job with the same unique key is live.") from error


def _tell_after_commit(queue: str, event: str, uid: str, reason: str) -> None:
    transaction.on_commit(partial(tell, queue, event, uid, {"reason": reason}), robust=True)


_CANCEL = """
WITH cancelled AS (
    UPDATE jobs_job SET state = 'cancelled', finished_at = clock_timestamp(), reason = %s
    WHERE uid = ANY(%s) AND state IN ('waiting', 'delayed', 'blocked')
    RETURNING *
), continuations AS (
    INSERT INTO jobs_continuation (uid, outcome, value, traceback)
    SELECT uid, 'cancelled', jsonb_build_object('exc_type', 'TaskRevokedError',
        'exc_message', jsonb_build_array(reason), 'exc_module', 'celery.exceptions')::text, ''
    FROM cancelled WHERE canvas ?| '{link,link_error,chain,chord}'
), results AS (
    INSERT INTO django_celery_results_taskresult
        (task_id, task_name, status, content_type, content_encoding, result, date_created, date_done, meta)
    SELECT uid, task, 'REVOKED', 'application/json', 'utf-8',
        jsonb_build_object('exc_type', 'TaskRevokedError', 'exc_message', jsonb_build_array(reason),
                           'exc_module', 'celery.exceptions')::text,
        created_at, finished_at, '{"children": []}'
    FROM cancelled
    ON CONFLICT (task_id) DO UPDATE SET
        status = excluded.status, result = excluded.result, date_done = excluded.date_done
), counted AS (
    INSERT INTO jobs_tally (queue, task, at, kind, n)
    SELECT queue, task, date_trunc('minute', finished_at, 'UTC'), 'cancelled', 1 FROM cancelled
)
SELECT id FROM cancelled
"""

_RETRY = """
WITH resolved AS (
    UPDATE jobs_deadletter d SET resolution = 'retried', resolved_at = clock_timestamp(), retried_as = d.job_uid
    FROM jobs_job j WHERE j.uid = %s AND d.job_uid = j.uid AND d.resolution = ''
        AND j.state IN ('failed', 'cancelled')
), forgotten AS (
    DELETE FROM django_celery_results_taskresult t USING jobs_job j
    WHERE j.uid = t.task_id AND j.state IN ('failed', 'cancelled') AND j.uid = %s
)
UPDATE jobs_job SET state = 'waiting', attempt = 0, stalls = 0, snoozes = 0, finished_at = NULL, run_at = NULL,
    expires_at = NULL, progress = NULL, progress_detail = NULL, reason = 'retried by hand',
    cancel_requested_at = NULL, cancel_reason = '', cancel_grace = NULL, unique_key = left(unique_key, 64)
WHERE uid = %s AND state IN ('failed', 'cancelled')
"""

_PROMOTE = """
UPDATE jobs_job SET state = 'waiting', run_at = clock_timestamp() WHERE uid = %s AND state = 'delayed'
"""
