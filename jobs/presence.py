"""What people look at just now: subjects whose page was asked for in the last five minutes.

A hint for priorities, kept in Redis alone: without Redis nobody counts as present.
"""

import time

from jobs.fence.connection import REDIS_ERRORS, client
from jobs.fence.keys import WATCHED

_FOR = 300.0  # seconds
_FRESH = 2.0  # seconds for which a process believes what it read: enqueuing must not ask each time
_MOST = 10_000  # subjects that are read

_read: tuple[float, frozenset[str]] = (float("-inf"), frozenset())


def seen(subject: str) -> None:
    """A person asked for a page on the subject."""
    now = time.time()
    try:
        pipeline = client(timeout=1.0).pipeline(transaction=False)
        pipeline.zadd(WATCHED, {subject: now + _FOR})
        pipeline.zremrangebyscore(WATCHED, "-inf", now)
        pipeline.execute()
    except REDIS_ERRORS:
        return  # a hint that is lost


def is_watched(subject: str) -> bool:
    """Whether somebody looks at it, as of two seconds ago at most."""
    global _read  # noqa: PLW0603 -- one memory for the whole process
    if time.monotonic() - _read[0] > _FRESH:
        _read = (time.monotonic(), _ask())
    return subject in _read[1]


def forget() -> None:
    """Ask again the next time."""
    global _read  # noqa: PLW0603 -- as above
    _read = (float("-inf"), frozenset())


def _ask() -> frozenset[str]:
    try:
        found = client(timeout=1.0).zrangebyscore(WATCHED, time.time(), "+inf", start=0, num=_MOST)
    except REDIS_ERRORS:
        return frozenset()
    return frozenset(map(str, found))
