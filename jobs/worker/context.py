"""The run that this thread is working on, and what its code may ask of it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from jobs.fence.leases import Lease
from jobs.options import TaskOptions
from jobs.retry import Decision, Tally


@dataclass
class CancelSeen:
    """What the run knows of a request to cancel it.

    `interruptible` while its own code runs; `how` says what the code met: "" nothing yet.
    """

    asked: bool = False
    how: str = ""
    interruptible: bool = False
    look_at: float = 0.0  # monotonic seconds


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
    said: tuple[str | None, Any] | None = None  # the state and meta of its last `update_state`
    replacement: Any = None  # the signature that takes the job's place
    followed: bool = False  # callbacks, a chain or a chord wait for the value
    finished: bool = False
    secrets: tuple[str, ...] = ()  # texts that nothing the run tells may repeat
    last_progress: float = field(default=0.0)
    bundle: Any = None  # the jobs.worker.bundle.Bundle that it travels in; it then tells the outcome
    cancel: CancelSeen = field(default_factory=CancelSeen)
    trace_id: str = ""  # while tracing is on
    began: float | None = None  # monotonic seconds, when this process claimed it for itself alone


class _Stack(threading.local):
    def __init__(self) -> None:
        self.runs: list[Run] = []
        self.followed: dict[str, str] = {}


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


@contextmanager
def following(uid: str, root_id: str, correlation_id: str) -> Iterator[None]:
    """While the dispatcher enqueues what follows job `uid`: that job is the parent of what is enqueued."""
    _stack.followed = {"parent_id": uid, "root_id": root_id, "correlation_id": correlation_id}
    try:
        yield
    finally:
        _stack.followed = {}


def followed() -> dict[str, str]:
    """What a job inherits from the one that it follows; empty outside `following`."""
    return _stack.followed
