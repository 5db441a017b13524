"""The cache that all processes share, in Redis: JSON only, and an outage is a miss, never an error."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import redis
from django.core.cache.backends.redis import RedisCache

T = TypeVar("T")
_AWAY = (redis.ConnectionError, redis.TimeoutError, redis.ResponseError)


class JsonSerializer:
    """Values as JSON: whoever can write to Redis must not be able to run code here, as pickle would let him."""

    def __init__(self, protocol: object = None) -> None:
        """Takes what Django's own serializer takes."""

    def dumps(self, obj: Any) -> bytes:
        """The value as it is stored."""
        return json.dumps(obj, separators=(",", ":")).encode()

    def loads(self, data: bytes) -> Any:
        """The value out of what was stored."""
        return json.loads(data)


def _or(missing: Any) -> Callable[[Callable[..., T]], Callable[..., Any]]:
    def decorator(method: Callable[..., T]) -> Callable[..., Any]:
        @wraps(method)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            try:
                return method(*args, **kwargs)
            except _AWAY:
                return missing

        return guarded

    return decorator


class SharedCache(RedisCache):
    """Django's cache on Redis, of which only what the product uses is guarded: get, set, delete."""

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        """The value, or the default: also when Redis is away."""
        return _or(default)(super().get)(key, default, version)

    @_or(None)
    def set(self, *args: Any, **kwargs: Any) -> None:
        """Store a value; nothing happens while Redis is away."""
        super().set(*args, **kwargs)

    @_or(False)
    def delete(self, *args: Any, **kwargs: Any) -> bool:
        """Forget a value."""
        return bool(super().delete(*args, **kwargs))
