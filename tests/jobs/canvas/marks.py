"""Marks that tasks leave in Redis, whatever runs them."""

import os
from typing import Any

import redis
from kombu.utils import json

_client = None


def client() -> Any:
    """The Redis of the tests."""
    global _client
    if _client is None:
        _client = redis.from_url(os.environ["REDIS_URL"], decode_responses=True)
    return _client


def mark(key: str, value: Any) -> None:
    """Leave a mark."""
    client().rpush(f"canvas-marks:{key}", json.dumps(value))


def marks(key: str) -> list[Any]:
    """The marks so far."""
    return [json.loads(text) for text in client().lrange(f"canvas-marks:{key}", 0, -1)]
