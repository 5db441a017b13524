"""What a run's own code sees of a request to cancel it, and the signal that interrupts code that does not look.

The signal is not Celery's SIGUSR1, which means a soft time limit to whatever runs: this one looks whether the
request is for the run at hand, so that one that comes late never hits the next job of the same process.
"""

import signal
import time
from typing import Any

from celery.signals import worker_process_init

from jobs.errors import Cancelled
from jobs.fence import keys
from jobs.fence.connection import REDIS_ERRORS, client, connect
from jobs.fence.leases import Client, Lease
from jobs.worker import context
from jobs.worker.context import Run

SIGNAL = signal.SIGUSR2
BY_ITSELF = "it ended by itself"
INTERRUPTED = "it was interrupted"
KILLED = "its process was killed"
_EVERY = 0.25  # seconds between two questions to Redis
_TIMEOUT = 1.0  # seconds that an interrupted job waits for Redis


def cancelled() -> bool:
    """Whether somebody asked to cancel the running job. Asks Redis at most four times a second.

    False outside a worker, and when Redis does not answer.
    """
    run = context.current()
    if run is None:
        return False
    now = time.monotonic()
    if not run.cancel.asked and now >= run.cancel.look_at:
        run.cancel.look_at = now + _EVERY
        run.cancel.asked = _asked(client(), run)
    return run.cancel.asked


def check_cancelled() -> None:
    """Raise Cancelled when somebody asked to cancel the running job."""
    run = context.current()
    if run is not None and cancelled():
        _stop(run, BY_ITSELF)


def stop_once(run: Run) -> None:
    """Raise Cancelled if it was asked for and not raised yet: code that cleans up may still tell of it."""
    if run.cancel.asked and not run.cancel.how:
        _stop(run, BY_ITSELF)


def ended_by_request(run: Run, error: Exception) -> bool:
    """Whether a run that ended with `error` was cancelled: it may have made another error of it."""
    return isinstance(error, Cancelled) or bool(run.cancel.how)


def _stop(run: Run, how: str) -> None:
    run.cancel.how = how
    raise Cancelled(f"{run.lease.uid}: {how}")


@worker_process_init.connect
def _listen(**_: Any) -> None:
    signal.signal(SIGNAL, _interrupt)


def _interrupt(_signal: int, _frame: Any) -> None:
    run = context.current()
    if run is None or not run.cancel.interruptible:
        return
    fresh = connect(_TIMEOUT)  # the code that this interrupts may be in the middle of an answer
    try:
        run.cancel.asked = _asked(fresh, run)
    finally:
        fresh.close()
    if run.cancel.asked:
        run.cancel.interruptible = False
        _stop(run, INTERRUPTED)


def _asked(redis: Client, run: Run) -> bool:
    lease = run.lease
    try:
        text = redis.hget(keys.running(lease.queue), lease.uid)
    except REDIS_ERRORS:
        return False
    held = Lease.of_queue(lease.queue, lease.uid, str(text)) if text else None
    return held is not None and held.nonce == lease.nonce and bool(held.cancel)
