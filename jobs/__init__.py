"""The task platform: durable jobs on Celery and Django. Knows no domain.

What job code needs is here; see docs/ for how it is used.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from jobs.errors import Cancelled, LockBusy, LockLost, Permanent, RateLimited, Snooze, Transient
from jobs.options import Debounce, KeepLast, Throttle, Unique
from jobs.periods import hours, minutes
from jobs.priority import Priority
from jobs.rates import Rate, parse_rate
from jobs.retry import Custom, Exponential, Fixed, Linear

if TYPE_CHECKING:
    from jobs.queries.children import Child
    from jobs.worker.locks import HeldLock

P = ParamSpec("P")
R = TypeVar("R")


def progress(fraction: float | None, message: str = "", **detail: Any) -> None:
    """Tell how far the running job is; see `jobs.worker.progress`."""
    from jobs.worker.progress import progress as tell

    tell(fraction, message, **detail)


def log(message: str, level: str = "info", **detail: Any) -> None:
    """Add a line to the running job's log; see `jobs.worker.progress`."""
    from jobs.worker.progress import log as tell

    tell(message, level, **detail)


def children() -> list["Child"]:
    """The jobs that the running job waited for, with their results; see `jobs.queries.children`."""
    from jobs.queries.children import children_of
    from jobs.worker import context

    run = context.current()
    return children_of(run.lease.uid) if run else []


def cancelled() -> bool:
    """Whether somebody asked to cancel the running job; see `jobs.worker.cancelling`."""
    from jobs.worker.cancelling import cancelled as asked

    return asked()


def check_cancelled() -> None:
    """Raise Cancelled when somebody asked to cancel the running job; see `jobs.worker.cancelling`."""
    from jobs.worker.cancelling import check_cancelled as check

    check()


def lock(key: str, life: float = 30.0) -> AbstractContextManager["HeldLock"]:
    """Hold a lock between jobs for the length of a `with` block; see `jobs.worker.locks`."""
    from jobs.worker.locks import lock as hold

    return hold(key, life)


def cache_result(seconds: float) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Give a function's result again for the same arguments; see `jobs.worker.result_cache`."""
    from jobs.worker.result_cache import cache_result as decorator

    return decorator(seconds)


__all__ = [
    "Cancelled", "Custom", "Debounce", "Exponential", "Fixed", "KeepLast", "Linear", "LockBusy", "LockLost",
    "Permanent", "Priority", "Rate", "RateLimited", "Snooze", "Throttle", "Transient", "Unique", "cache_result",
    "cancelled", "check_cancelled", "children", "hours", "lock", "log", "minutes", "parse_rate", "progress",
]  # fmt: skip
