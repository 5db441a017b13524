"""The overview: every queue with its backlog, pace, workers and what is wrong with it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from jobs.configuration import health_thresholds, queue_book
from jobs.health import Level, Problem, Vitals, problems
from jobs.limits import Limits
from jobs.models import Attempt
from jobs.queries.backlog import Backlog, Count, backlogs
from jobs.queries.breakers import breakers_or_none, holding_back
from jobs.queries.overdue import standing_still
from jobs.queries.pace import Pace, paces
from jobs.queries.presence import Presence, presence
from jobs.queries.queue_settings import limits_of, state_of
from jobs.queries.slow import Slow, slow_runs

_LAST = 12


@dataclass(frozen=True)
class QueueNow:
    """One queue, as the overview shows it."""

    name: str
    owner: str
    backlog: Backlog
    pace: Pace
    slots: int
    problems: Sequence[Problem]
    state: str = "open"
    limits: Limits = field(default_factory=Limits)

    @property
    def limited(self) -> bool:
        """Whether any limit holds."""
        return self.limits != Limits(paused=self.limits.paused, drain_to=self.limits.drain_to)

    @property
    def badges(self) -> list[tuple[str, str]]:
        """What operators and limits do to it: a word and a sentence each."""
        marks = []
        if self.state != "open":
            marks.append((self.state, f"{self.state} by an operator; later jobs wait until it is resumed"))
        rate = self.limits.rate or self.limits.rate_per_key
        if rate:
            per = " for each key" if self.limits.rate is None else ""
            marks.append((str(rate), f"At most {rate} starts{per}"))
        return marks

    @property
    def level(self) -> str:
        """`critical`, `warning`, `busy` or `idle`."""
        if self.problems:
            return str(self.problems[0].level)
        return "busy" if self.backlog.waiting.value or self.backlog.active.value else "idle"


@dataclass(frozen=True)
class Totals:
    """All queues together."""

    waiting: Count
    active: Count
    dead: Count
    slots: int
    arriving: float
    finishing: float


@dataclass(frozen=True)
class Overview:
    """Everything on the page."""

    queues: Sequence[QueueNow]
    totals: Totals
    workers: int
    redis: bool
    ended: Sequence[Attempt]
    beat_late: float | None = None  # seconds for which schedules have stood still, None when they tick

    @property
    def dispatched(self) -> bool:
        """Whether any queue has a leader."""
        return any(queue.problems == () or _led(queue) for queue in self.queues)

    @property
    def level(self) -> str:
        """The worst of all: `critical`, `warning` or `well`."""
        levels = {queue.level for queue in self.queues}
        if not self.redis or Level.CRITICAL in levels:
            return "critical"
        return "warning" if Level.WARNING in levels or self.beat_late else "well"

    @property
    def troubled(self) -> list[QueueNow]:
        """The queues that need attention."""
        return [queue for queue in self.queues if queue.problems]

    @property
    def headline(self) -> str:
        """The state of everything in a few words."""
        if not self.redis:
            return "Redis does not answer"
        if not self.dispatched:
            return "No dispatcher is running"
        count = len(self.troubled)
        if not count:
            return "Schedules stand still" if self.beat_late else "All well"
        return "1 queue needs attention" if count == 1 else f"{count} queues need attention"


def overview() -> Overview:
    """One look at everything, at a cost that does not grow with the number of jobs."""
    names = queue_book().names
    now, backlog, pace = presence(names), backlogs(names), paces(names)
    limits, breakers, slow = limits_of(names), breakers_or_none(), slow_runs(names)
    queues = [
        _queue(
            name,
            backlog[name],
            pace.get(name, Pace()),
            now,
            limits[name],
            holding_back(name, breakers),
            slow[name],
        )
        for name in names
    ]
    return Overview(
        queues=queues,
        totals=_totals(queues, now),
        workers=len(now.roll.live) if now.roll else 0,
        redis=now.reachable,
        ended=last_ended(),
        beat_late=standing_still(),
    )


def last_ended(limit: int = _LAST) -> list[Attempt]:
    """The attempts that ended last, with their jobs."""
    return list(Attempt.objects.select_related("job").order_by("-id")[:limit])


def queue_now(name: str) -> QueueNow:
    """One queue alone."""
    found, held_back = paces([name]).get(name, Pace()), holding_back(name, breakers_or_none())
    slow = slow_runs([name])[name]
    return _queue(
        name, backlogs([name])[name], found, presence([name]), limits_of([name])[name], held_back, slow
    )


def _queue(
    name: str,
    backlog: Backlog,
    pace: Pace,
    now: Presence,
    limits: Limits,
    held_back: tuple[str, ...],
    slow: Slow,
) -> QueueNow:
    slots = now.slots(name)
    vitals = Vitals(
        waiting=backlog.waiting.value,
        active=backlog.active.value,
        dead=backlog.dead.value,
        slots=slots,
        led=name in now.led,
        ended=pace.completed + pace.failed,
        success=pace.success,
        deaf=now.deaf(name),
        held_back=held_back,
        stuck=slow.stuck,
        late=slow.late,
    )
    wrong = tuple(problems(vitals, health_thresholds())) if now.reachable else ()
    owner = queue_book().get(name).owner
    return QueueNow(name, owner, backlog, pace, slots, wrong, state_of(limits), limits)


def _led(queue: QueueNow) -> bool:
    return all(problem.badge != "no dispatcher" for problem in queue.problems)


def _totals(queues: Sequence[QueueNow], now: Presence) -> Totals:
    return Totals(
        waiting=Count(sum(queue.backlog.waiting.value for queue in queues)),
        active=Count(sum(queue.backlog.active.value for queue in queues)),
        dead=Count(sum(queue.backlog.dead.value for queue in queues)),
        slots=sum(worker.slots for worker in now.roll.live.values()) if now.roll else 0,
        arriving=sum(queue.pace.arriving for queue in queues),
        finishing=sum(queue.pace.finishing for queue in queues),
    )
