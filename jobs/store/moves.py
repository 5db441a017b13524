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
from jobs.store.dependencies import count_down
from jobs.wake import tell, wake


def cancel(uid: str, reason: str = "cancelled") -> None:
    """Cancel a job that has not started. IllegalMove when it runs or ended; Unavailable without Redis.

    The ticket is withdrawn first: once that is done, no claim can start the job.
    """
    queue, state = _locked(uid)
    if state not in MOVES["cancel"].sources or state == "active":
        raise IllegalMove(f"A job that is {state} cannot be cancelled.")
    try:
        withdrawn = leases.withdraw(client(), queue, uid)
    except REDIS_ERRORS as error:
        raise Unavailable("Redis does not answer; the job was not cancelled.") from error
    if not withdrawn:
        raise IllegalMove("The job has just started or ended.")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_CANCEL, [reason, uid])
        row = cursor.fetchone()
        if row is None:
            raise IllegalMove("The job has just ended.")
        unblocked = count_down([(row[0], False)])
        audit.record("cancel", f"job {uid}", reason=reason)
    _tell_after_commit(queue, "withdrawn", uid, reason)
    _wake_after_commit(sorted(unblocked))


def retry(uid: str) -> None:
    """Let a failed or cancelled job wait again, with all its attempts."""
    with transaction.atomic():
        wait_again(uid)
        audit.record("retry", f"job {uid}")


def wait_again(uid: str) -> None:
    """What `retry` does, for callers that record the act themselves."""
    queue, state = _locked(uid)
    if state not in MOVES["retry"].sources:
        raise IllegalMove(f"A job that is {state} cannot be retried.")
    _guarded(_RETRY, uid, f"The job is {state} no more.")
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


def _wake_after_commit(queues: Sequence[str]) -> None:
    transaction.on_commit(partial(wake, queues), robust=True)


_CANCEL = """
UPDATE jobs_job SET state = 'cancelled', finished_at = clock_timestamp(), reason = %s
WHERE uid = %s AND state IN ('waiting', 'delayed', 'blocked')
RETURNING id
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
    expires_at = NULL, progress = NULL, progress_detail = NULL, reason = 'retried by hand'
WHERE uid = %s AND state IN ('failed', 'cancelled')
"""

_PROMOTE = """
UPDATE jobs_job SET state = 'waiting', run_at = clock_timestamp() WHERE uid = %s AND state = 'delayed'
"""
