"""Writing a job that may meet another one: one module per mode, all with the same `write(job, mode)`.

Each runs in a transaction and answers with the job that stands for the call: created, met, or replaced. The
partial unique index on live jobs is the referee; nothing is decided by reading alone.
"""

from collections.abc import Callable, Mapping
from typing import Any

from jobs.options import Debounce, KeepLast, Throttle
from jobs.store.dedup import debounce, keep_last, throttle
from jobs.store.dedup.idempotent import unless_completed
from jobs.store.insert import Enqueued, NewJob, insert_one

_MODES: Mapping[type[Any], Callable[[NewJob, Any], Enqueued]] = {
    Throttle: throttle.write,
    Debounce: debounce.write,
    KeepLast: keep_last.write,
}


def write(job: NewJob) -> Enqueued:
    """Write a job by its mode, in the caller's transaction."""
    return unless_completed(job, _write) if job.idempotent_for else _write(job)


def _write(job: NewJob) -> Enqueued:
    return insert_one(job) if job.dedup is None else _MODES[type(job.dedup)](job, job.dedup)
