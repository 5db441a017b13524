"""Gives each led queue its gate: live settings are read twice a second, what was used up is remembered."""

import logging
import time
from collections.abc import Mapping

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
from jobs.store.queue_settings import name_keyless
from jobs.store.waiting import recent_starts, waiting_by_uid

logger = logging.getLogger(__name__)

_REPORT_FOR = 5000  # ms that a report stands when its writer is gone
_FREE = Limits()


class Limiting:
    """The limits of the queues that this dispatcher leads."""

    def __init__(self, client: "redis.Redis", app: Celery) -> None:
        self._redis = client
        self._task_rates = _rates_of_tasks(app)
        self._limits: dict[str, Limits] = {}
        self._offset = 0.0

    def open(self, window: Window) -> None:
        """A queue is led from now on: nothing may be released before its limits stand."""
        seconds, microseconds = self._redis.time()
        self._offset = seconds + microseconds / 1e6 - time.monotonic()
        self._apply(window, limits_of([window.queue])[window.queue])

    def tick(self, windows: Mapping[str, Window], offset: float) -> None:
        """Read the settings; `offset` turns monotonic seconds into Redis's."""
        self._offset = offset
        for queue, limits in limits_of(list(windows)).items():
            window = windows[queue]
            if limits != self._limits.get(queue):
                self._apply(window, limits)
            if window.gate is not None:
                self._keep(window, window.gate)

    def heed(self, window: Window, event: Event) -> None:
        """A run ended; when a provider asked it to wait, its key waits for all."""
        if event.kind != "snoozed" or not event.data.get("hold"):
            return
        out = window.out.get(event.uid)
        key = out.key if out else ""
        until = event.at_ms / 1000 + float(event.data.get("delay") or 0.0)
        self._redis.hset(keys.holds(window.queue), key, int(until * 1000))
        if window.gate is None:
            window.gate = self._gate(window, self._limits[window.queue])
        else:
            window.gate.hold(key, until)

    def _apply(self, window: Window, limits: Limits) -> None:
        queue = window.queue
        self._limits[queue] = limits
        if limits.paused:
            leases.pause(self._redis, queue)
        else:
            leases.resume(self._redis, queue)
        if limits.per_key:
            name_keyless(queue, NO_KEY)
        window.gate = self._gate(window, limits)
        window.dirty = True
        logger.debug("%s: %s", queue, limits)

    def _gate(self, window: Window, limits: Limits) -> Gate | None:
        rates = self._task_rates.get(window.queue, {})
        holds = self._holds(window.queue)
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

    def _holds(self, queue: str) -> dict[str, float]:
        stored: dict[str, str] = self._redis.hgetall(keys.holds(queue))  # type: ignore[assignment]  # not asynchronous
        return {key: int(until) / 1000 for key, until in stored.items()}

    def _name_out(self, window: Window) -> None:
        """After a change of leader the tickets and leases say which jobs are out, not what they count by."""
        nameless = [uid for uid, out in window.out.items() if not out.task]
        for row in waiting_by_uid(nameless) if nameless else ():
            out = window.out[row.uid]
            out.task, out.key = row.task, row.limit_key

    def _keep(self, window: Window, gate: Gate) -> None:
        """Twice a second: follow Redis's clock, forget what is untouched, say what keeps jobs back."""
        gate.offset = self._offset
        gate.tidy()
        if gate.limits == _FREE and not gate.task_rates and not gate.holds:
            self._redis.delete(keys.holds(window.queue))
            window.gate = None
            return
        self._redis.set(keys.gate(window.queue), gate.report(), px=_REPORT_FOR)


def _rates_of_tasks(app: Celery) -> dict[str, dict[str, Rate]]:
    """Celery's `rate_limit` of each task, by the queue that it is routed to."""
    rates: dict[str, dict[str, Rate]] = {}
    for name, task in app.tasks.items():
        limit = getattr(task, "rate_limit", None)
        if limit:
            rates.setdefault(queue_book().of_task(name).name, {})[name] = parse_rate(limit)
    return rates
