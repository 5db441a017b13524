"""What is out of one queue: released and not yet ended, as far as the leader knows."""

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jobs.dispatcher.pace import Pace

if TYPE_CHECKING:
    from jobs.dispatcher.gate import Gate

_LEAD = 0.1  # seconds of expected work that may wait at the workers, so that they never idle
_LEAD_PER_SLOT = 200  # jobs at the most


@dataclass
class Out:
    """A released job: its ticket's message was published at `published` (monotonic seconds)."""

    published: float
    tries: int = 1
    missing: int = 0
    task: str = ""
    key: str = ""  # what the queue's limits per key count it by
    started: bool = False
    ended: bool = False  # its outcome is in the log, not yet in the row: the slot is free again


@dataclass
class Window:
    """A led queue: the jobs that are out, how long runs last, and when to look again.

    `out` is what keeps a job from being released twice while the fold has not caught up with its outcome.
    """

    queue: str
    out: dict[str, Out] = field(default_factory=dict)
    slots: int = 0
    run_seconds: float | None = None
    paces: dict[str, Pace] = field(default_factory=dict)  # by task
    bundling: frozenset[str] = frozenset()  # tasks whose short jobs may share a message here
    dirty: bool = True
    next_due: float | None = None  # monotonic seconds
    ended: int = 0
    gate: "Gate | None" = None  # its limits; None when it has none
    unmetered: frozenset[str] = frozenset()  # tasks with a rate of their own that the gate does not know yet
    newly_rated: set[str] = field(default_factory=set)  # those of them that were met here, by `queue=`

    def room(self) -> int:
        """How many more jobs may be released now.

        While workers have enough to do, it waits until half of the lead is used up: few large releases
        cost less than many small ones.
        """
        if not self.slots:
            return 0
        lead, busy = self._lead(), self.busy
        room = self.slots + lead - busy if busy < self.slots + lead // 2 + 1 else 0
        return self.gate.room(room, busy, self.slots) if self.gate else room

    @property
    def busy(self) -> int:
        """Jobs that are out and have not ended."""
        return len(self.out) - self.ended

    def mark_started(self, uid: str, moment: float) -> None:
        """The run's start was read; `moment` is Redis time in seconds."""
        out = self.out.get(uid)
        if out is not None and not out.started:
            out.started = True
            if self.gate:
                self.gate.started(out.task, out.key, moment)

    def mark_ended(self, uid: str) -> None:
        """The run's outcome was read: its slot is free, but the row may not be released before the fold."""
        out = self.out.get(uid)
        if out is not None and not out.ended:
            self._end(out)

    def forget(self, uid: str) -> None:
        """The run's outcome is in the row."""
        out = self.out.get(uid)
        if out is None:
            return
        if not out.ended:
            self._end(out)
        del self.out[uid]
        self.ended -= 1

    def _end(self, out: Out) -> None:
        out.ended = True
        self.ended += 1
        if self.gate:
            self.gate.ended(out)

    def _lead(self) -> int:
        if self.run_seconds is None:
            return self.slots
        return int(self.slots * min(_LEAD_PER_SLOT, _LEAD / max(self.run_seconds, 1e-4)))

    def record(self, run_seconds: float, task: str) -> None:
        """Learn from a finished run."""
        self.paces.setdefault(task, Pace()).record(run_seconds)
        before = self.run_seconds
        self.run_seconds = run_seconds if before is None else before + (run_seconds - before) * 0.1

    def look_when_open(self) -> None:
        """When a limit keeps jobs back for a time: look again when it is over."""
        opens_in = self.gate.opens_in() if self.gate else None
        if opens_in is not None:
            self.due_in(opens_in)

    def due_in(self, seconds: float) -> None:
        """A delayed job becomes due in `seconds`: look then."""
        moment = time.monotonic() + seconds
        if self.next_due is None or moment < self.next_due:
            self.next_due = moment
