"""Debounce: each call replaces the payload and starts the delay again; the last one runs."""

from dataclasses import replace

from jobs.options import Debounce
from jobs.states import State
from jobs.store.dedup.slots import Current, follow, lock_current, put_off
from jobs.store.insert import Enqueued, NewJob, try_insert


def write(job: NewJob, mode: Debounce) -> Enqueued:
    """Delay a new job, put the delayed one off, or, when that has come due, let one follow it.

    A job whose delay is over may be on its way to a worker: its payload stays as it is.
    """
    delay = min(mode.delay, mode.max_wait or mode.delay)
    delayed = replace(job, state=State.DELAYED, delay=delay)
    while True:
        if try_insert(delayed):
            return Enqueued(job.uid, created=True)
        current = lock_current(job)
        answer = _beside(delayed, mode, current) if current else None
        if answer is not None:
            return answer


def _beside(job: NewJob, mode: Debounce, current: Current) -> Enqueued | None:
    if current.uid == job.uid:
        return Enqueued(job.uid, created=False)
    if not current.started and current.state != State.WAITING:
        put_off(current.uid, job, mode.delay, mode.max_wait)
        return Enqueued(current.uid, created=False, replaced=True)
    return follow(job, current, lambda uid: put_off(uid, job, mode.delay, mode.max_wait))
