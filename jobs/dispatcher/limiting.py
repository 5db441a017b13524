"""Gives each led queue its gate: live settings are read twice a second, what was used up is remembered."""

import logging
import math
import time
from collections.abc import Iterable, Mapping, Sequence

import redis
from celery import Celery

from jobs.configuration import queue_book
from jobs.dispatcher.gate import Gate
from jobs.dispatcher.window import Window
from jobs.fence import keys, leases
from jobs.fence.events import Event
from jobs.limits import NO_KEY, Limits
from jobs.queries.queue_settings import limits_of
from jobs.rates import Rate, parse_rate
from jobs.retry import LONGEST_DELAY
from jobs.store.queue_settings import name_keyless
from jobs.store.waiting import recent_starts, waiting_by_uid

logger = logging.getLogger(__name__)

_REPORT_FOR = 5000  # ms that a report stands when its writer is gone
_FREE = Limits()


class Limiting:
    """The limits of the queues that this dispatcher leads."""

    def __init__(self, client: "redis.Redis", app: Celery) -> None:
        self._redis = client
        self._rates = _rates_of_tasks(app)
        self._limits: dict[str, Limits] = {}
        self._offset = 0.0

    def open(self, windows: Sequence[Window]) -> None:
        """Queues are led from now on: nothing may be released before their limits stand."""
        seconds, microseconds = self._redis.time()
        self._offset = seconds + microseconds / 1e6 - time.monotonic()
        self._apply(windows, limits_of([window.queue for window in windows]))

    def tick(self, windows: Mapping[str, Window], offset: float) -> None:
        """Read the settings; `offset` turns monotonic seconds into Redis's."""
        self._offset = offset
        limits = limits_of(list(windows))
        changed = [
            window
            for queue, window in windows.items()
            if limits[queue] != self._limits.get(queue) or window.newly_rated
        ]
        if changed:
            self._apply(changed, limits)
        self._keep(windows.values())

    def heed(self, window: Window, event: Event) -> None:
        """A run ended; when a provider asked it to wait, its key waits for all."""
        if event.kind != "snoozed" or not event.data.get("hold"):
            return
        key = self._key_of(window, event.uid)
        until = event.at_ms / 1000 + _seconds(event.data.get("delay"))
        self._redis.hset(keys.holds(window.queue), key, int(until * 1000))
        if window.gate is not None:
            window.gate.hold(key, until)
        elif window.queue in self._limits:  # else the lead was just taken: `open` reads what is held
            holds = self._holds([window.queue])[window.queue]
            window.gate = self._gate(window, self._limits[window.queue], holds)

    def _key_of(self, window: Window, uid: str) -> str:
        """What a job that is or was out counts by; a new leader knows only its id."""
        out = window.out.get(uid)
        if out is not None and out.task:
            return out.key
        return next((row.limit_key for row in waiting_by_uid([uid])), "")

    def _apply(self, windows: Sequence[Window], limits: Mapping[str, Limits]) -> None:
        open_ones = [window.queue for window in windows if not limits[window.queue].paused]
        leases.resume(self._redis, *open_ones)
        # Who paused one meanwhile wrote the row before the flag went.
        limits = {**limits, **limits_of(open_ones)}
        holds = self._holds([window.queue for window in windows])
        for window in windows:
            self._apply_one(window, limits[window.queue], holds[window.queue])

    def _apply_one(self, window: Window, limits: Limits, holds: dict[str, float]) -> None:
        if limits.paused:
            leases.pause(self._redis, window.queue)
        self._limits[window.queue] = limits
        if limits.per_key:
            name_keyless(window.queue, NO_KEY)
        window.gate = self._gate(window, limits, holds)
        window.dirty = True
        logger.debug("%s: %s", window.queue, limits)

    def _gate(self, window: Window, limits: Limits, holds: dict[str, float]) -> Gate | None:
        rates = self._rates_in(window)
        window.unmetered = frozenset(self._rates) - set(rates)
        if limits == _FREE and not rates and not holds:
            return None
        gate = Gate(limits, rates, self._offset, holds)
        longest = max([limits.longest_window, *(rate.seconds for rate in rates.values())])
        if longest:
            gate.remember(recent_starts(window.queue, longest))
        self._name_out(window)
        for out in window.out.values():
            if not out.ended:
                gate.adopt(out)
        return gate

    def _rates_in(self, window: Window) -> dict[str, Rate]:
        """The rates of tasks that count here: of those routed to the queue, and of others that were met in it."""
        known = set(window.gate.task_rates) if window.gate else set()
        known |= window.newly_rated
        window.newly_rated = set()
        return {
            name: rate
            for name, rate in self._rates.items()
            if name in known or queue_book().of_task(name).name == window.queue
        }

    def _holds(self, queues: Sequence[str]) -> dict[str, dict[str, float]]:
        pipeline = self._redis.pipeline(transaction=False)
        for queue in queues:
            pipeline.hgetall(keys.holds(queue))
        return {
            queue: {key: int(until) / 1000 for key, until in stored.items()}
            for queue, stored in zip(queues, pipeline.execute(), strict=True)
        }

    def _name_out(self, window: Window) -> None:
        """After a change of leader the tickets and leases say which jobs are out, not what they count by."""
        nameless = [uid for uid, out in window.out.items() if not out.task]
        for row in waiting_by_uid(nameless) if nameless else ():
            out = window.out[row.uid]
            out.task, out.key = row.task, row.limit_key

    def _keep(self, windows: Iterable[Window]) -> None:
        """Twice a second: follow Redis's clock, forget what is untouched, say what keeps jobs back."""
        pipeline = self._redis.pipeline(transaction=False)
        for window in windows:
            gate = window.gate
            if gate is None:
                continue
            gate.offset = self._offset
            gate.tidy()
            if gate.limits == _FREE and not gate.task_rates and not gate.holds:
                pipeline.delete(keys.holds(window.queue))
                window.gate = None
            else:
                pipeline.set(keys.gate(window.queue), gate.report(), px=_REPORT_FOR)
        pipeline.execute()


def _seconds(value: object) -> float:
    """A delay out of the log, where anybody may write; 0 for what is none."""
    usable = isinstance(value, (int, float)) and math.isfinite(value)
    return min(max(0.0, float(value)), LONGEST_DELAY) if usable else 0.0  # type: ignore[arg-type]  # usable: it is a number


def _rates_of_tasks(app: Celery) -> dict[str, Rate]:
    """Celery's `rate_limit` of each task that has one."""
    limits = {name: getattr(task, "rate_limit", None) for name, task in app.tasks.items()}
    return {name: parse_rate(limit) for name, limit in limits.items() if limit}
