"""One Redis client per process: a connection made before a fork is never used after it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

# What a caller may meet when Redis is away, restarting or unwell.
REDIS_ERRORS = (redis.ConnectionError, redis.TimeoutError, redis.ResponseError)

_clients: dict[tuple[int, float], "redis.Redis"] = {}
_stand_in: "redis.Redis | None" = None  # what `jobs.testing` puts in Redis's place


def client(timeout: float = 2.0) -> "redis.Redis":
    """This process's client; a reply that takes longer than `timeout` seconds is an error."""
    if _stand_in is not None:
        return _stand_in
    key = (os.getpid(), timeout)
    if key not in _clients:
        _clients[key] = connect(timeout)
    return _clients[key]


def connect(timeout: float = 2.0) -> "redis.Redis":
    """A client with a connection pool of its own."""
    if _stand_in is not None:
        return _stand_in
    return redis.Redis.from_url(
        settings.REDIS_URL,
        decode_responses=True,
        socket_timeout=timeout,
        socket_connect_timeout=min(timeout, 2.0),
        retry=Retry(NoBackoff(), 1),
        health_check_interval=0,
    )


@contextmanager
def replaced_by(stand_in: "redis.Redis") -> Iterator[None]:
    """Let the whole process use `stand_in` instead of Redis for the length of the block."""
    global _stand_in  # noqa: PLW0603 -- one Redis for the whole process, or one stand-in
    before, _stand_in = _stand_in, stand_in
    try:
        yield
    finally:
        _stand_in = before
