"""Enqueues the plan, spread over time, and writes down what each call was answered."""

import threading
import time
from collections.abc import Sequence
from typing import Any

from django.db import DatabaseError, InterfaceError, connection, transaction

from jobs.chaos.history import History
from jobs.chaos.plan import Call
from jobs.chaos.tasks import work
from jobs.errors import JobError
from jobs.ids import new_id
from jobs.models import Job
from jobs.names import resolve_task
from jobs.options import Unique
from jobs.store.moves import cancel

_LOOK_EVERY = 50  # calls
_PATIENCE = 120.0  # seconds


class _RollBack(Exception):
    """The caller changes its mind."""


class Load:
    """Plays calls in a thread of its own.

    With `crowd`, it waits while that many jobs wait for a process: a backlog would hide what faults delay.
    """

    def __init__(
        self,
        history: History,
        calls: Sequence[Call],
        seconds: float,
        crowd: int | None = None,
        stopping: threading.Event | None = None,
    ) -> None:
        self._history = history
        self._calls = calls
        self._seconds = seconds
        self._crowd = crowd
        self._stopping = stopping or threading.Event()
        self.done = 0

    def run(self) -> None:
        """Until every call was made, or `stopping` is set."""
        start = time.monotonic()
        for number, call in enumerate(self._calls):
            due = start + self._seconds * number / len(self._calls)
            if self._stopping.wait(max(0.0, due - time.monotonic())):
                break
            if self._crowd is not None and number % _LOOK_EVERY == 0:
                self._wait_for_room(self._crowd)
            self._make(call)
            self.done += 1
        connection.close()

    def _wait_for_room(self, crowd: int) -> None:
        give_up_at = time.monotonic() + _PATIENCE  # then something is stuck, and the verdicts will tell
        while time.monotonic() < give_up_at:
            try:
                waiting = Job.objects.filter(state="waiting").count()
            except (DatabaseError, InterfaceError):
                connection.close()
                return
            if waiting < crowd or self._stopping.wait(0.5):
                return

    def _make(self, call: Call) -> None:
        uids = [str(new_id()) for _ in range(call.jobs)]
        self._history.write(
            "asked", kind=call.kind, uids=uids, key=call.data.get("key", ""), countdown=call.countdown or 0
        )
        try:
            with transaction.atomic():
                met = _enqueue(call, uids)
                _change_ones_mind(call)
        except _RollBack:
            self._history.write("rolled-back", uids=uids)
        except (DatabaseError, InterfaceError) as error:
            connection.close()
            self._history.write("unknown", uids=uids, error=str(error)[:200])
        else:
            self._history.write("met" if met else "committed", uids=uids, met=met)
            if call.kind == "cancelled":
                self._cancel(uids[0])

    def _cancel(self, uid: str) -> None:
        try:
            running = cancel(uid, "chaos").running
        except (JobError, DatabaseError, InterfaceError):
            connection.close()
            return
        if not running:
            self._history.write("cancelled", uids=[uid])


def _change_ones_mind(call: Call) -> None:
    if call.kind == "rolled-back":
        raise _RollBack


def _enqueue(call: Call, uids: Sequence[str]) -> str | None:
    """Answers with the id of the job that was met, None when a new one was made."""
    if call.kind == "flow":
        children = [work.using(queue=call.queue, task_id=uid).enqueue(**call.data) for uid in uids[1:]]
        work.using(queue=call.queue, task_id=uids[0], depends_on=children).enqueue()
        return None
    options: dict[str, Any] = {"queue": call.queue, "task_id": uids[0], "countdown": call.countdown}
    if call.kind == "unique":
        options |= {"unique": Unique("key")}
    given = {name: value for name, value in options.items() if value is not None}
    result = resolve_task(call.task).using(**given).enqueue(**call.data)
    return None if result.created else str(result.id)
