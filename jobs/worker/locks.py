"""Locks between jobs: owned, renewed while held, and a busy one waits without using an attempt."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from redis.exceptions import LockError
from redis.lock import Lock

from jobs.errors import LockBusy, LockLost
from jobs.fence import keys
from jobs.fence.connection import REDIS_ERRORS, client
from jobs.worker import context, lock_waiters

LIFE = 30.0  # seconds a lock outlives a holder that died; renewed at a third of it
_RETRY = 1.0  # seconds until a job that met a busy lock is run again, unless the holder wakes it before


class HeldLock:
    """A lock while its block runs. `check` tells in time that it was lost."""

    def __init__(self, key: str, lock: Lock, life: float) -> None:
        self.key = key
        self.lost = False
        self._lock = lock
        self._life = life
        self._released = threading.Event()
        self._renewal = threading.Thread(target=self._renew, daemon=True)
        self._renewal.start()

    def check(self) -> None:
        """Raise LockLost when somebody else may hold the lock by now."""
        if self.lost:
            raise LockLost(f"the lock {self.key!r} was lost while it was held")

    def release(self) -> None:
        """Give the lock back, if it is still ours."""
        self._released.set()
        self._renewal.join(timeout=1.0)
        try:
            self._lock.release()
        except LockError:
            self.lost = True  # it lapsed and somebody else may hold it: not ours to release
        except REDIS_ERRORS:
            return  # it lapses by itself

    def _renew(self) -> None:
        renewed_at = time.monotonic()
        while not self._released.wait(self._life / 3):
            try:
                self._lock.extend(self._life, replace_ttl=True)
                renewed_at = time.monotonic()
            except LockError:
                self.lost = True
            except REDIS_ERRORS:
                self.lost = time.monotonic() - renewed_at >= self._life
            if self.lost:
                return


@contextmanager
def lock(key: str, life: float = LIFE) -> Iterator[HeldLock]:
    """Hold `lock:{key}` for the length of the block.

    Raises LockBusy when another job holds it: the platform then runs this job again a little later,
    without using an attempt. LockLost at the block's end (or at `check`) when the lock could not be kept:
    the block may not have been alone.
    """
    held = take(key, life, wait=False)
    try:
        yield held
    except BaseException:
        held.release()
        raise
    else:
        held.release()
        held.check()
    finally:
        lock_waiters.wake_next(key)


def take(key: str, life: float, *, wait: bool) -> HeldLock:
    """Acquire a lock. LockBusy when it is held and the caller does not want to `wait`."""
    run = context.current()
    bare = Lock(client(), keys.lock(key), timeout=life, sleep=0.05, thread_local=False)
    token = f"{run.lease.uid}:{run.lease.nonce}:{threading.get_ident()}" if run else None
    if bare.acquire(blocking=wait, token=token):
        return HeldLock(key, bare, life)
    if token and client().get(keys.lock(key)) == token:
        raise RuntimeError(f"the lock {key!r} is held by this very job already")
    lock_waiters.enter(key, run)
    raise LockBusy(key, _RETRY)
