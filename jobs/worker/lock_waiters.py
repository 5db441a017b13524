"""Jobs that met a busy lock: its holder wakes the one that has waited longest, so that it need not poll."""

import logging
import time

from django.db import DatabaseError, InterfaceError, transaction

from jobs.errors import JobError
from jobs.fence import keys
from jobs.fence.connection import REDIS_ERRORS, client
from jobs.store import moves
from jobs.worker.context import Run

logger = logging.getLogger(__name__)

_REMEMBERED = 60  # seconds; who waits longer enters again with each try


def enter(key: str, run: Run | None) -> None:
    """Note that the job of `run` waits for the lock, in the order of the first try."""
    if run is None:
        return
    name = keys.lock_waiters(key)
    client().zadd(name, {run.lease.uid: time.time()}, nx=True)
    client().expire(name, _REMEMBERED)


def wake_next(key: str) -> None:
    """Let the first job that waits for the lock run now. Best effort: each looks again by itself."""
    try:
        waiting = client().zpopmin(keys.lock_waiters(key))
        if waiting:
            with transaction.atomic():
                moves.promote(str(waiting[0][0]))
    except (JobError, DatabaseError, InterfaceError, *REDIS_ERRORS) as error:
        logger.debug("nobody woken for the lock %r: %s", key, error)
