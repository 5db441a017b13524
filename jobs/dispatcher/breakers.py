"""Circuit breakers in the dispatcher: what the fold saw moves them, and release asks them.

The states are in Redis, shared by the leaders of all queues; a look at them is at most half a second old,
and every job that a breaker lets through after it was open is granted by a transition of its own. Without
declared breakers every method returns at once.
"""

import logging
import time
from collections.abc import Iterable, Mapping, Sequence

import redis

from jobs.breaker import Call, Circuit, Phase, Verdict, admit, failure_share, record, room
from jobs.dispatcher.publish import Released
from jobs.dispatcher.window import Window
from jobs.fence import circuits
from jobs.fence.circuits import Change
from jobs.fence.events import Event
from jobs.guards import Guards
from jobs.store import breakers as store
from jobs.store.outcomes import Moved

logger = logging.getLogger(__name__)

_SETTINGS_EVERY = 0.5  # seconds between looks at what operators want


class Breakers:
    """The breakers of everything that this dispatcher may release."""

    def __init__(self, client: "redis.Redis", guards: Guards) -> None:
        self._client = client
        self._guards = guards
        self._forced: dict[str, str] = {}
        self._rooms: dict[str, int] = {}  # of breakers that do not let everything through
        self._settings_at = 0.0

    # -- before a release ------------------------------------------------------------------------------

    def refresh(self, windows: Mapping[str, Window]) -> None:
        """Look at all states; windows where something may be released again are looked at anew."""
        if not self._guards.breakers:
            return
        if time.monotonic() >= self._settings_at:
            self._forced = store.forced()
            self._settings_at = time.monotonic() + _SETTINGS_EVERY
        found, now_ms = circuits.read(self._client, list(self._guards.breakers))
        before = self._rooms
        rooms = {name: self._room(name, circuit, now_ms) for name, circuit in found.items()}
        self._rooms = {name: free for name, free in rooms.items() if free is not None}
        if self._rooms != before or any(self._rooms.values()):
            for window in windows.values():
                window.dirty = True

    def shut(self, queue: str) -> bool:
        """Whether nothing of the queue may be released."""
        return bool(self._rooms) and self._rooms.get(self._guards.of_queue.get(queue, "")) == 0

    def shut_out(self) -> list[str]:
        """The tasks that may not be released."""
        if not self._rooms:
            return []
        return [
            task
            for task, names in self._guards.of_task.items()
            if any(self._rooms.get(name) == 0 for name in names)
        ]

    def admitted(self, queue: str, jobs: list[Released]) -> list[Released]:
        """Those of the jobs that may be released now, in their order."""
        if not self._rooms:
            return jobs
        wanted: dict[str, int] = {}
        for job in jobs:
            for name in self._asked(queue, job.task):
                wanted[name] = wanted.get(name, 0) + 1
        granted = {name: self._grant(name, count) for name, count in wanted.items()}
        kept = [job for job in jobs if _take(granted, self._asked(queue, job.task))]
        for name, unused in granted.items():
            if unused:
                self._record(name, [Call(2**62, Verdict.NEUTRAL)] * unused)
        return kept

    # -- after a fold ----------------------------------------------------------------------------------

    def observe(self, events: Sequence[Event], moved: Iterable[Moved], windows: Mapping[str, Window]) -> None:
        """Learn from runs that ended."""
        if not self._guards.breakers:
            return
        outcomes = {event.uid: event for event in events if event.is_outcome}
        calls: dict[str, list[Call]] = {}
        for job in moved:
            for name in self._guards.names(job.queue, job.task):
                calls.setdefault(name, []).append(_call(outcomes[job.uid]))
        changed = [self._record(name, these) for name, these in calls.items() if name not in self._forced]
        if any(
            change.after.phase is not Phase.CLOSED or change.before.phase is not Phase.CLOSED
            for change in changed
        ):
            self.refresh(windows)

    # -- transitions -----------------------------------------------------------------------------------

    def _asked(self, queue: str, task: str) -> list[str]:
        return [name for name in self._guards.names(queue, task) if name in self._rooms]

    def _room(self, name: str, circuit: Circuit, now_ms: int) -> int | None:
        mode = self._forced.get(name)
        if mode is not None:
            return 0 if mode == store.OPEN else None
        return room(circuit, now_ms)

    def _grant(self, name: str, wanted: int) -> int:
        if name in self._forced:
            return 0
        change = circuits.change(self._client, name, lambda circuit, now_ms: admit(circuit, wanted, now_ms))
        self._tell(name, change, f"one probe after {change.before.period_ms / 1000:g} s")
        self._rooms[name] = max(0, self._rooms[name] - change.granted)
        return change.granted

    def _record(self, name: str, calls: Sequence[Call]) -> Change:
        breaker = self._guards.breakers[name]
        change = circuits.change(
            self._client, name, lambda circuit, now_ms: (record(breaker, circuit, calls, now_ms), 0)
        )
        self._tell(name, change, _why(change, calls))
        return change

    def _tell(self, name: str, change: Change, reason: str) -> None:
        if change.after.phase is not change.before.phase:
            logger.warning("the breaker %s is %s: %s", name, change.after.phase, reason)
            store.log(name, change.after.phase, reason)


def _take(granted: dict[str, int], names: Sequence[str]) -> bool:
    """Use one grant of each, if all have one left."""
    if not all(granted[name] for name in names):
        return False
    for name in names:
        granted[name] -= 1
    return True


def _call(event: Event) -> Call:
    return Call(event.started_ms, _verdict(event))


def _verdict(event: Event) -> Verdict:
    """What a run's end says about what it depends on. An error that is never retried is the job's own; a
    snooze was asked for; a stall is the worker's."""
    if event.kind == "completed":
        return Verdict.GOOD
    blamed = event.kind == "retried" or (event.kind == "failed" and event.data.get("retryable", True))
    return Verdict.BAD if blamed else Verdict.NEUTRAL


def _why(change: Change, calls: Sequence[Call]) -> str:
    match change.after.phase:
        case Phase.OPEN if change.before.phase is Phase.CLOSED:
            bad = sum(call.verdict is Verdict.BAD for call in calls)
            known, share = failure_share(change.before)
            return f"{bad} of the last {len(calls)} calls failed, {share or 0:.0%} of {known} before them"
        case Phase.OPEN:
            return "a probe failed"
        case Phase.RAMP:
            return "the probe succeeded"
        case _:
            return "calls succeed again"
