"""The task platform: durable jobs on Celery and Django. Knows no domain.

What job code needs is here; see docs/ for how it is used.
"""

from contextlib import AbstractContextManager
from typing import Any

from jobs.errors import LockBusy, Permanent, RateLimited, Snooze, Transient
from jobs.options import Debounce, KeepLast, Throttle, Unique
from jobs.priority import Priority
from jobs.rates import Rate, parse_rate
from jobs.retry import Custom, Exponential, Fixed, Linear


def progress(fraction: float | None, message: str = "", **detail: Any) -> None:
    """Tell how far the running job is; see `jobs.worker.progress`."""
    from jobs.worker.progress import progress as tell

    tell(fraction, message, **detail)


def log(message: str, level: str = "info", **detail: Any) -> None:
    """Add a line to the running job's log; see `jobs.worker.progress`."""
    from jobs.worker.progress import log as tell

    tell(message, level, **detail)


def lock(key: str, life: float = 30.0) -> AbstractContextManager[None]:
    """Hold a lock between jobs for the length of a `with` block; see `jobs.worker.locks`."""
    from jobs.worker.locks import lock as hold

    return hold(key, life)


__all__ = [
    "Custom", "Debounce", "Exponential", "Fixed", "KeepLast", "Linear", "LockBusy", "Permanent", "Priority",
    "Rate", "RateLimited", "Snooze", "Throttle", "Transient", "Unique", "lock", "log", "parse_rate", "progress",
]  # fmt: skip
