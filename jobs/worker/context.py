"""The run that this thread is working on, and what its code may ask of it."""

import threading
from dataclasses import dataclass, field
from typing import Any

from jobs.fence.leases import Lease
from jobs.options import TaskOptions
from jobs.retry import Decision, Tally


@dataclass
class Run:
    """One claimed run: its lease, its options, and the decision once it has been made."""

    lease: Lease
    task: Any
    options: TaskOptions
    tally: Tally
    correlation_id: str
    decided: tuple[BaseException, Decision] | None = None
    retry_args: tuple[Any, Any] | None = None
    finished: bool = False
    secrets: tuple[str, ...] = ()  # texts that nothing the run tells may repeat
    last_progress: float = field(default=0.0)


class _Stack(threading.local):
    def __init__(self) -> None:
        self.runs: list[Run] = []


_stack = _Stack()


def push(run: Run) -> None:
    """Make `run` the current one of this thread."""
    _stack.runs.append(run)


def drop(uid: str) -> None:
    """Forget the run of job `uid`, and any that it left behind."""
    _stack.runs[:] = [run for run in _stack.runs if run.lease.uid != uid]


def find(uid: str) -> Run | None:
    """This thread's run of job `uid`."""
    return next((run for run in reversed(_stack.runs) if run.lease.uid == uid), None)


def current() -> Run | None:
    """The run that the calling code is part of; None outside a worker."""
    return _stack.runs[-1] if _stack.runs else None
