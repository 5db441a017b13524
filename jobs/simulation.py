"""What waits other limits and other concurrency would have given: recorded arrivals, played through anew. Pure.

Moments are seconds of one clock. A job waits from the moment a run of it is due to that run's start; its next
run is due when the one before ended, and its delay is over. Runs take as long as they took. What the
simulation leaves out: the milliseconds of release and claim, and that busier workers may be slower.
"""

import heapq
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from jobs.limits import Limits, Meter

_TICK = 1e-6  # a limit is asked again this much later at least, whatever floating-point sums come to


@dataclass(frozen=True)
class Arrival:
    """A job: when it was first due, and its runs as (delay before, seconds)."""

    due: float
    runs: Sequence[tuple[float, float]]
    priority: int = 5
    key: str = ""


@dataclass(frozen=True)
class Waits:
    """Waits in seconds; percentiles by nearest rank. None without any run."""

    runs: int
    mean: float | None
    p50: float | None
    p95: float | None
    p99: float | None
    max: float | None


def waits_of(found: Iterable[float]) -> Waits:
    """The figures of these waits."""
    waits = sorted(found)
    if not waits:
        return Waits(0, None, None, None, None, None)
    p50, p95, p99 = (waits[math.ceil(share * len(waits)) - 1] for share in (0.5, 0.95, 0.99))
    return Waits(len(waits), sum(waits) / len(waits), p50, p95, p99, waits[-1])


def simulate(arrivals: Iterable[Arrival], slots: int, limits: Limits) -> list[float]:
    """How long each run would have waited, in the order of the starts. A pause is left out of it."""
    return list(_Queue(arrivals, slots, limits).play())


@dataclass(order=True)
class _Due:
    """A run that is due; the heap of those that may start is in release order."""

    order: tuple[float, int]
    at: float = field(compare=False)
    job: Arrival = field(compare=False)
    run: int = field(compare=False)


class _Queue:
    def __init__(self, arrivals: Iterable[Arrival], slots: int, limits: Limits) -> None:
        self._limits = limits
        self._free = slots if limits.max_running is None else min(slots, limits.max_running)
        self._running: Counter[str] = Counter()
        self._meter = Meter(limits.rate, limits.burst) if limits.rate else None
        self._meters: dict[str, Meter] = {}
        self._ready: dict[str, list[_Due]] = {}  # by key; all jobs have the same where no limit asks for it
        self._served: dict[str, int] = {}  # key -> number of the start that served it last
        self._starts = 0
        ordered = sorted(arrivals, key=lambda job: job.due)
        self._later = [(job.due, n, self._due(job, 0, job.due, n)) for n, job in enumerate(ordered)]
        self._ends: list[tuple[float, int, _Due]] = []

    def play(self) -> Iterator[float]:
        """Go from one moment at which something happens to the next."""
        now, wake = -math.inf, math.inf
        while self._later or self._ends or wake < math.inf:
            now = max(now, min([wake, *(heap[0][0] for heap in (self._later, self._ends) if heap)]))
            self._until(now)
            yield from self._start_all(now)
            wake = max(self._opens_at(now), now + _TICK)

    def _until(self, now: float) -> None:
        while self._ends and self._ends[0][0] <= now:
            ended, number, due = heapq.heappop(self._ends)
            self._free += 1
            self._running[self._key(due.job)] -= 1
            if due.run + 1 < len(due.job.runs):
                at = ended + due.job.runs[due.run + 1][0]
                heapq.heappush(self._later, (at, number, self._due(due.job, due.run + 1, at, due.order[1])))
        while self._later and self._later[0][0] <= now:
            due = heapq.heappop(self._later)[2]
            heapq.heappush(self._ready.setdefault(self._key(due.job), []), due)

    def _start_all(self, now: float) -> Iterator[float]:
        while self._free and (self._meter is None or self._meter.allowance(now)):
            key = self._next_key(now)
            if key is None:
                return
            due = heapq.heappop(self._ready[key])
            if not self._ready[key]:
                del self._ready[key]
            self._start(due, key, now)
            yield now - due.at

    def _start(self, due: _Due, key: str, now: float) -> None:
        self._free -= 1
        self._starts += 1
        self._running[key] += 1
        self._served[key] = self._starts
        for meter in (self._meter, self._meter_of(key)):
            if meter is not None:
                meter.started(now)
        heapq.heappush(self._ends, (now + due.job.runs[due.run][1], self._starts, due))

    def _next_key(self, now: float) -> str | None:
        open_keys = [key for key in self._ready if self._admits(key, now)]
        if self._limits.fair:
            return min(
                open_keys, key=lambda key: (self._served.get(key, 0), self._ready[key][0]), default=None
            )
        return min(open_keys, key=lambda key: self._ready[key][0], default=None)

    def _admits(self, key: str, now: float) -> bool:
        most, meter = self._limits.max_running_per_key, self._meter_of(key)
        return (most is None or self._running[key] < most) and (meter is None or meter.allowance(now) > 0)

    def _opens_at(self, now: float) -> float:
        """When a rate lets through what it holds back now; what waits for a free slot is woken by an end."""
        if not self._ready or not self._free:
            return math.inf
        if self._meter is not None and not self._meter.allowance(now):
            return self._meter.next_at(now) or math.inf
        shut = [meter for key in self._ready if (meter := self._meter_of(key)) and not meter.allowance(now)]
        return min((meter.next_at(now) or math.inf for meter in shut), default=math.inf)

    def _meter_of(self, key: str) -> Meter | None:
        if self._limits.rate_per_key is None:
            return None
        return self._meters.setdefault(key, Meter(self._limits.rate_per_key, self._limits.burst))

    def _key(self, job: Arrival) -> str:
        return job.key if self._limits.per_key else ""

    def _due(self, job: Arrival, run: int, at: float, number: int) -> _Due:
        ageing = self._limits.ageing
        return _Due((-job.priority + (job.due / ageing if ageing else 0.0), number), at, job, run)
