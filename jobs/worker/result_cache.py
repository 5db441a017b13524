"""Results of functions that job code calls, kept in Redis for a while; of many that ask, one computes."""

import hashlib
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import ParamSpec, TypeVar

from jobs import celery_json
from jobs.arguments import Signature
from jobs.fence import keys
from jobs.fence.connection import REDIS_ERRORS, client
from jobs.worker.locks import LIFE, take

P = ParamSpec("P")
R = TypeVar("R")


def cache_result(seconds: float) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Give a function's result again for the same arguments within `seconds`.

    The result travels as Celery's JSON, and comes back as that says, the first time too. While one caller
    computes, others wait for its result. An error is not kept. Without Redis the function is simply called.
    """
    if not seconds > 0:
        raise ValueError(f"cache_result: seconds must be greater than 0, got {seconds!r}")

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        name = f"{function.__module__}.{function.__qualname__}"
        signature = Signature(name, function)

        @wraps(function)
        def cached(*args: P.args, **kwargs: P.kwargs) -> R:
            key = _key(name, signature, args, kwargs)
            try:
                text = _read(key)
            except REDIS_ERRORS:
                return function(*args, **kwargs)
            if text is None:
                text = _compute(key, seconds, lambda: function(*args, **kwargs))
            value: R = celery_json.loads(text)
            return value

        return cached

    return decorate


def _key(name: str, signature: Signature, args: tuple[object, ...], kwargs: dict[str, object]) -> str:
    said = celery_json.dumps([name, signature.spelled_out(args, kwargs)], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


def _compute(key: str, seconds: float, function: Callable[[], object]) -> str:
    """The result as JSON: by this caller, or by the one that it waited for."""
    held = take(f"result:{key}", LIFE, wait=True)
    try:
        text = _read(key)
        if text is None:
            text = celery_json.dumps(function())
            with suppress(*REDIS_ERRORS):
                client().set(keys.result(key), text, px=int(seconds * 1000))
        return text
    finally:
        held.release()


def _read(key: str) -> str | None:
    text = client().get(keys.result(key))
    return None if text is None else str(text)
