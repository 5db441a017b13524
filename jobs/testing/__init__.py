"""For tests and laptops: jobs run in the process, without broker, Redis, dispatcher and workers.

The rows are the real ones, in the test's own transaction or not; arguments, retries, results, dead letters,
dependencies and Celery's canvas are the code that runs in production. See docs/how-to/test-your-jobs.md.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from jobs.names import registered_tasks
from jobs.testing.memory import WouldWaitForEver
from jobs.testing.twin import JobFailed, Jobs, NeverIdle

__all__ = ["JobFailed", "Jobs", "NeverIdle", "WouldWaitForEver", "inline", "stepwise"]


@contextmanager
def inline(*, raise_errors: bool = True) -> Iterator[Jobs]:
    """Every job runs as soon as its enqueue is committed, depth first.

    Retries and snoozes are run to their end, with the clock moved on by their delays; a job with a countdown
    or an eta waits for `advance`. At the end of the block a job that failed raises JobFailed from its own
    error, unless `assert_failed` met it or `raise_errors` is off.
    """
    yield from _block(Jobs(at_once=True), raise_errors=raise_errors)


@contextmanager
def stepwise(*, raise_errors: bool = True) -> Iterator[Jobs]:
    """Nothing runs until it is asked for: `run_next`, `run_all`, `run_until_idle`; `advance` moves the clock.

    Failures raise at the end of the block as with `inline`.
    """
    yield from _block(Jobs(at_once=False), raise_errors=raise_errors)


def _block(jobs: Jobs, *, raise_errors: bool) -> Iterator[Jobs]:
    registered_tasks()
    with jobs.runner:
        yield jobs
        jobs.finish()
        if raise_errors:
            jobs.raise_unexpected()
