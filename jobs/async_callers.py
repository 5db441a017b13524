"""Enqueuing from async code. Django's ORM refuses to work on a thread whose event loop is running."""

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import cache, partial, wraps
from typing import ParamSpec, TypeVar

from django.db import close_old_connections

_P = ParamSpec("_P")
_Answer = TypeVar("_Answer")


def off_the_loop(function: Callable[_P, _Answer]) -> Callable[_P, _Answer]:
    """Called from async code, `function` works on a thread of its own, on that thread's database connection.

    The caller waits for it, as with Celery it would wait for the broker. Async code has no transaction that
    the call could be part of: Django's are of one thread. Django's own switch, DJANGO_ALLOW_ASYNC_UNSAFE (for
    notebooks), means here what it means there: the work stays on this thread, in its transaction.
    """

    @wraps(function)
    def wrapped(*args: _P.args, **kwargs: _P.kwargs) -> _Answer:
        if not _on_a_loop():
            return function(*args, **kwargs)
        work = partial(copy_context().run, function, *args, **kwargs)
        return _thread(os.getpid()).submit(_with_fresh_connection, work).result()

    return wrapped


def _on_a_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return not os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")


@cache
def _thread(pid: int) -> ThreadPoolExecutor:
    """That of this process: threads do not survive a fork."""
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="enqueue")


def _with_fresh_connection(work: Callable[[], _Answer]) -> _Answer:
    close_old_connections()
    try:
        return work()
    finally:
        close_old_connections()
