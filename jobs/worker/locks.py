"""Locks between jobs: owned, renewed while held, and a busy one waits without using an attempt."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from redis.exceptions import LockError
from redis.lock import Lock

from jobs.errors import LockBusy
from jobs.fence.connection import client
from jobs.fence.keys import PREFIX
from jobs.worker import context

_LIFE = 30.0  # seconds a lock outlives a holder that died; renewed at a third of it
_RETRY = 1.0  # seconds until a job that met a busy lock is run again


@contextmanager
def lock(key: str, life: float = _LIFE) -> Iterator[None]:
    """Hold `lock:{key}` for the length of the block.

    Raises LockBusy when another job holds it: the platform then runs this job again a little later,
    without using an attempt.
    """
    run = context.current()
    held = Lock(client(), f"{PREFIX}:lock:{key}", timeout=life, thread_local=False)
    token = f"{run.lease.uid}:{run.lease.nonce}" if run else None
    if not held.acquire(blocking=False, token=token):
        raise LockBusy(key, _RETRY)
    released = threading.Event()
    renewal = threading.Thread(target=_renew, args=(held, life, released), daemon=True)
    renewal.start()
    try:
        yield
    finally:
        released.set()
        renewal.join(timeout=1.0)
        _release(held)


def _renew(held: Lock, life: float, released: threading.Event) -> None:
    while not released.wait(life / 3):
        try:
            held.extend(life, replace_ttl=True)
        except LockError:
            return


def _release(held: Lock) -> None:
    try:
        held.release()
    except LockError:
        return  # it lapsed and somebody else may hold it: not ours to release
