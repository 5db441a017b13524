"""What the fold counts: the rows that moved, never the events, so that what comes twice counts once."""

from collections.abc import Iterable

from jobs.states import State
from jobs.store.metrics import Batch
from jobs.store.outcomes import Begun, Moved


def count_started(batch: Batch, begun: Iterable[Begun]) -> None:
    """Runs that began and have not ended yet."""
    for one in begun:
        counted = batch.of(one.started, one.queue, one.task)
        counted.count("started")
        if one.wait_seconds is not None:
            counted.wait(one.wait_seconds)


def count_ended(batch: Batch, moved: Iterable[Moved]) -> None:
    """Runs that ended, and their starts when those were not written before."""
    for job in moved:
        if job.started is not None and job.fresh:
            begun = batch.of(job.started, job.queue, job.task)
            begun.count("started")
            if job.wait_seconds is not None:
                begun.wait(job.wait_seconds)
        counted = batch.of(job.ended, job.queue, job.task)
        if job.outcome in {"completed", "retried", "stalled"}:
            counted.count(job.outcome)
        if job.state in {State.FAILED, State.CANCELLED}:
            counted.count(job.state)
        if job.run_seconds is not None and job.outcome != "stalled":  # nobody knows how long that one ran
            counted.run(job.run_seconds)
