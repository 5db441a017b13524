"""Celery's JSON: dates, decimals and UUIDs survive; NaN and infinity are refused."""

from typing import Any

from kombu.utils import json


def dumps(value: Any, *, sort_keys: bool = False) -> str:
    """JSON text. TypeError or ValueError for what JSON cannot say."""
    return str(json.dumps(value, allow_nan=False, sort_keys=sort_keys))  # type: ignore[no-untyped-call]  # kombu has no types here


def loads(text: str) -> Any:
    """The value that `dumps` wrote."""
    return json.loads(text)  # type: ignore[no-untyped-call]  # kombu has no types here
