"""The task platform: durable jobs on Celery and Django. Knows no domain.

What job code needs is here; see docs/ for how it is used.
"""

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from jobs.errors import Cancelled, LockBusy, Permanent, RateLimited, Snooze, Transient
from jobs.options import Unique
from jobs.priority import Priority
from jobs.rates import Rate, parse_rate
from jobs.retry import Custom, Exponential, Fixed, Linear

if TYPE_CHECKING:
    from jobs.queries.children import Child


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


def lock(key: str, life: float = 30.0) -> AbstractContextManager[None]:
    """Hold a lock between jobs for the length of a `with` block; see `jobs.worker.locks`."""
    from jobs.worker.locks import lock as hold

    return hold(key, life)


__all__ = [
    "Cancelled", "Custom", "Exponential", "Fixed", "Linear", "LockBusy", "Permanent", "Priority", "Rate",
    "RateLimited", "Snooze", "Transient", "Unique", "cancelled", "check_cancelled", "children", "lock", "log",
    "parse_rate", "progress",
]  # fmt: skip
