"""What a queue's limits let through: kept by its leader, rebuilt from the history by the next one.

All moments are seconds of Redis's clock, which the claims write into the log.
"""

import json
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from jobs.dispatcher.window import Out
from jobs.limits import Block, Limits, Meter
from jobs.rates import Rate

QUEUE = ("queue", "")
Scope = tuple[str, str]  # ("queue", ""), ("key", value) or ("task", name)


@dataclass
class Gate:
    """The limits of one queue and what has used them up. `offset` turns monotonic seconds into Redis's."""

    limits: Limits
    task_rates: Mapping[str, Rate]
    offset: float = 0.0
    holds: dict[str, float] = field(default_factory=dict)  # limit key (empty: the queue) -> until
    last_key: str = ""  # the key that was served last
    kept_back: bool = False  # whether the last look left out a job for want of a free slot
    _meters: dict[Scope, Meter] = field(default_factory=dict)
    _running: Counter[str] = field(default_factory=Counter)  # released and not ended, by limit key

    @property
    def now(self) -> float:
        """The moment."""
        return time.monotonic() + self.offset

    @property
    def rated(self) -> bool:
        """Whether every start is counted: then nothing is released ahead of a free slot."""
        return bool(self.limits.rate or self.limits.rate_per_key)

    # -- what happens to jobs --------------------------------------------------------------------------

    def released(self, task: str, key: str) -> None:
        """A job got its ticket."""
        self._running[key] += 1
        for meter in self._meters_of(task, key):
            meter.pending += 1

    def adopt(self, out: Out) -> None:
        """A job was released before this gate existed; if it started, the history told of that."""
        self._running[out.key] += 1
        if not out.started:
            for meter in self._meters_of(out.task, out.key):
                meter.pending += 1

    def started(self, task: str, key: str, moment: float) -> None:
        """A released job started."""
        for meter in self._meters_of(task, key):
            meter.pending = max(0, meter.pending - 1)
            meter.started(moment)

    def ended(self, out: Out) -> None:
        """A released job is out no more; it may never have started."""
        self._running[out.key] -= 1
        if self._running[out.key] <= 0:
            del self._running[out.key]
        if not out.started:
            for meter in self._meters_of(out.task, out.key):
                meter.pending = max(0, meter.pending - 1)

    def remember(self, starts: Iterable[tuple[str, str, float]]) -> None:
        """Starts before this gate existed: task, key, moment; oldest first."""
        for task, key, moment in starts:
            for meter in self._meters_of(task, key):
                meter.started(moment)

    # -- what may go through ---------------------------------------------------------------------------

    def room(self, room: int, busy: int, slots: int) -> int:
        """How many of `room` jobs the queue's own limits allow; `busy` are out and not ended."""
        now = self.now
        if self.limits.paused or self._held("", now):
            return 0
        if self.rated:
            room = min(room, slots - busy)
        if self.limits.max_running is not None:
            room = min(room, self.limits.max_running - busy)
        if self.limits.rate is not None:
            room = min(room, self._meter(QUEUE, self.limits.rate).allowance(now))
        return max(0, room)

    def admits(self, task: str, key: str) -> bool:
        """Whether one more job of this task and key may be released."""
        now = self.now
        rate = self.task_rates.get(task)
        return self._key_block(key, now) is None and (
            rate is None or self._task_meter(task, rate).allowance(now) > 0
        )

    def full_tasks(self) -> list[str]:
        """Tasks whose own rate is used up."""
        now = self.now
        return [
            task for task, rate in self.task_rates.items() if not self._task_meter(task, rate).allowance(now)
        ]

    def full_keys(self) -> list[str]:
        """Keys that may not start anything now, of those that this gate has seen."""
        now = self.now
        seen = {key for kind, key in self._meters if kind == "key"} | set(self._running) | set(self.holds)
        return [key for key in seen if key and self._key_block(key, now)]

    @property
    def full(self) -> bool:
        """Whether some key or task may not start anything now."""
        return bool(self.full_keys() or self.full_tasks())

    def opens_in(self) -> float | None:
        """Seconds until a limit that is used up now lets something through; None when nothing waits for time."""
        now = self.now
        moments = [until for until in self.holds.values() if until > now]
        openings = [meter.next_at(now) for meter in self._meters.values()]
        moments += [moment for moment in openings if moment is not None and moment > now]
        return max(0.001, min(moments) - now) if moments else None

    def tidy(self) -> None:
        """Forget keys and tasks whose limits are untouched."""
        now = self.now
        untouched = [
            scope
            for scope, meter in self._meters.items()
            if not meter.pending and meter.allowance(now) >= (meter.burst or meter.rate.limit)
        ]
        for scope in untouched:
            del self._meters[scope]

    def hold(self, key: str, until: float) -> None:
        """A provider asked to wait."""
        self.holds[key] = max(until, self.holds.get(key, 0.0))

    # -- for explaining --------------------------------------------------------------------------------

    def report(self) -> str:
        """What keeps jobs back, as JSON: blocks of the queue, of keys and of tasks."""
        now = self.now
        told = {
            "queue": self._queue_block(now),
            "keys": {key: self._key_block(key, now) for key in self.full_keys()},
            "tasks": {task: self._task_block(task, now) for task in self.full_tasks()},
        }
        return json.dumps(told, default=vars)

    def _queue_block(self, now: float) -> Block | None:
        if self.limits.paused:
            return Block("paused")
        if self._held("", now):
            return Block("held", until=self.holds[""])
        running = sum(self._running.values())
        if self.limits.max_running is not None and running >= self.limits.max_running:
            return Block("running", str(self.limits.max_running), running)
        if self.limits.rate is not None:
            return _empty(self._meter(QUEUE, self.limits.rate), now)
        return None

    def _key_block(self, key: str, now: float) -> Block | None:
        if key and self._held(key, now):
            return Block("held", until=self.holds[key])
        limit = self.limits.max_running_per_key
        if limit is not None and self._running[key] >= limit:
            return Block("running", str(limit), self._running[key])
        rate = self.limits.rate_per_key
        return None if rate is None else _empty(self._meter(("key", key), rate), now)

    def _task_block(self, task: str, now: float) -> Block | None:
        return _empty(self._task_meter(task, self.task_rates[task]), now)

    def _held(self, key: str, now: float) -> bool:
        until = self.holds.get(key)
        if until is not None and until <= now:
            del self.holds[key]
            return False
        return until is not None

    def _meters_of(self, task: str, key: str) -> list[Meter]:
        meters = []
        if self.limits.rate is not None:
            meters.append(self._meter(QUEUE, self.limits.rate))
        if self.limits.rate_per_key is not None:
            meters.append(self._meter(("key", key), self.limits.rate_per_key))
        if task in self.task_rates:
            meters.append(self._task_meter(task, self.task_rates[task]))
        return meters

    def _task_meter(self, task: str, rate: Rate) -> Meter:
        return self._meter(("task", task), rate, burst=None)

    def _meter(self, scope: Scope, rate: Rate, burst: int | None = -1) -> Meter:
        meter = self._meters.get(scope)
        if meter is None:
            meter = self._meters[scope] = Meter(rate, self.limits.burst if burst == -1 else burst)
        return meter


def _empty(meter: Meter, now: float) -> Block | None:
    return None if meter.allowance(now) else Block("rate", str(meter.rate), until=meter.next_at(now))
