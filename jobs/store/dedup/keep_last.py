"""Keep the last: while one runs, at most one more waits, and it carries the newest payload."""

from jobs.fence import leases
from jobs.fence.connection import REDIS_ERRORS, client
from jobs.options import KeepLast
from jobs.states import State
from jobs.store.dedup.slots import Current, follow, lock_current, replace_payload
from jobs.store.insert import Enqueued, NewJob, try_insert

_REPLACEMENTS = 100  # of a waiting job; after that one follows it, so that endless calls never starve it


def write(job: NewJob, _: KeepLast) -> Enqueued:
    """Insert a job, replace the payload of the one that has not started, or let one follow the running one."""
    while True:
        if try_insert(job):
            return Enqueued(job.uid, created=True)
        current = lock_current(job)
        answer = _beside(job, current) if current else None
        if answer is not None:
            return answer


def _beside(job: NewJob, current: Current) -> Enqueued | None:
    if current.uid == job.uid:
        return Enqueued(job.uid, created=False)
    if _may_change(current):
        replace_payload(current.uid, job)
        return Enqueued(current.uid, created=False, replaced=True)
    return follow(job, current, lambda uid: replace_payload(uid, job))


def _may_change(current: Current) -> bool:
    """Whether no worker can have seen the payload.

    A waiting job with a ticket may be claimed at any moment and counts as running. Without one, tickets for
    its old payload are refused from here on; when Redis cannot say, the job counts as running.
    """
    if current.started or current.state == State.ACTIVE or current.runs >= _REPLACEMENTS:
        return False
    if current.state != State.WAITING:
        return True
    try:
        return leases.supersede(client(), current.queue, current.uid, current.runs + 2)
    except REDIS_ERRORS:
        return False
