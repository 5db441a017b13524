"""Idempotency window: a job that completed within it is the answer to an equal call."""

from collections.abc import Callable

from django.db import transaction

from jobs.store.insert import Enqueued, NewJob, find_completed


class _Completed(Exception):
    """An equal job completed while this one was on its way."""


def unless_completed(job: NewJob, write: Callable[[NewJob], Enqueued]) -> Enqueued:
    """Write a job unless an equal one completed within `job.idempotent_for` seconds.

    Looked up again once the job is in: an equal one that was live before has ended by then, and a second
    one cannot have come between.
    """
    done = _find(job)
    try:
        return Enqueued(done, created=False) if done else _write(job, write)
    except _Completed as completed:
        return Enqueued(str(completed), created=False)


def _write(job: NewJob, write: Callable[[NewJob], Enqueued]) -> Enqueued:
    with transaction.atomic():
        answer = write(job)
        done = _find(job) if answer.created else None
        if done:
            raise _Completed(done)
    return answer


def _find(job: NewJob) -> str | None:
    return find_completed(job.idempotency_key or "", job.idempotent_for or 0.0)
