"""Marks that tasks leave in Redis, whatever runs them."""

import json
import os
from functools import cache
from typing import Any

import redis


@cache
def client() -> Any:
    """The Redis of the tests."""
    return redis.from_url(os.environ["REDIS_URL"], decode_responses=True)


def mark(key: str, value: Any) -> None:
    """Leave a mark."""
    client().rpush(f"canvas-marks:{key}", json.dumps(value))


def marks(key: str) -> list[Any]:
    """The marks so far."""
    return [json.loads(text) for text in client().lrange(f"canvas-marks:{key}", 0, -1)]
