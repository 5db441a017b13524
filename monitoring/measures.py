"""What alert rules are about: numbers per queue, breaker or schedule, read together once per evaluation."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Count

from jobs.configuration import health_thresholds, queue_book
from jobs.models import ScheduledRun
from jobs.queries.backlog import Backlog, backlogs
from jobs.queries.breakers import breakers_or_none
from jobs.queries.overdue import overdue
from jobs.queries.presence import Presence, presence
from jobs.queries.slow import Slow, slow_runs
from monitoring.objective import burn_rate
from monitoring.queries.lag import Lag, lags
from monitoring.queries.series import Numbers, Row, by_queue, rows, start_of
from monitoring.settings import objective_of

_MINIMUM_STARTS = 20  # below these a share of late starts says nothing

Values = Mapping[str, float]


@dataclass(frozen=True)
class Situation:
    """Everything that measures are made of, at one moment."""

    backlog: Mapping[str, Backlog]
    present: Presence
    slow: Mapping[str, Slow]
    lag: Mapping[str, Lag]
    breakers: Mapping[str, bool]
    missed: Mapping[str, int]
    overdue: Mapping[str, float]
    hour: Mapping[str, Numbers]
    ten_minutes: Mapping[str, Numbers]
    five_minutes: Mapping[str, Numbers]


def situation() -> Situation:
    """As it is now."""
    names = queue_book().names
    found = rows(names, "minute", start_of("minute", timedelta(hours=1)))
    return Situation(
        backlog=backlogs(names),
        present=presence(names),
        slow=slow_runs(names),
        lag=lags(names),
        breakers={breaker.name: breaker.phase != "closed" for breaker in breakers_or_none()},
        missed=_missed(timedelta(hours=1)),
        overdue=overdue(),
        hour=_by_queue(names, found, timedelta(hours=1)),
        ten_minutes=_by_queue(names, found, timedelta(minutes=10)),
        five_minutes=_by_queue(names, found, timedelta(minutes=5)),
    )


def _failure_share(now: Situation) -> Values:
    enough = health_thresholds().minimum
    return {
        queue: 1 - numbers.success if numbers.success is not None and numbers.ended >= enough else 0.0
        for queue, numbers in now.ten_minutes.items()
    }


def _burn_rate(now: Situation) -> Values:
    """The lower one of an hour's and of five minutes': high when it has been so and still is."""
    return {
        queue: min(burning(queue, numbers), burning(queue, now.five_minutes[queue]))
        for queue, numbers in now.hour.items()
    }


def burning(queue: str, numbers: Numbers) -> float:
    """How fast the queue's allowance for late starts is used up; 0 below a number of starts that says something."""
    if numbers["waited"] < _MINIMUM_STARTS:
        return 0.0
    return burn_rate(objective_of(queue), numbers.waits) or 0.0


def _unserved(now: Situation) -> Values:
    return {
        queue: float(bool(backlog.waiting.value) and now.present.reachable and not now.present.slots(queue))
        for queue, backlog in now.backlog.items()
    }


def _unled(now: Situation) -> Values:
    return {queue: float(queue not in now.present.led) for queue in now.backlog if now.present.reachable}


MEASURES: Mapping[str, Callable[[Situation], Values]] = {
    "failure_share": _failure_share,
    "dead_letters": lambda now: {queue: float(found.dead.value) for queue, found in now.backlog.items()},
    "failed_in_an_hour": lambda now: {queue: float(n["failed"]) for queue, n in now.hour.items()},
    "waiting": lambda now: {queue: float(found.waiting.value) for queue, found in now.backlog.items()},
    "oldest_seconds": lambda now: {queue: found.oldest or 0.0 for queue, found in now.backlog.items()},
    "stuck": lambda now: {queue: float(found.stuck) for queue, found in now.slow.items()},
    "late": lambda now: {queue: float(found.late) for queue, found in now.slow.items()},
    "stalled_in_five_minutes": lambda now: {
        queue: float(n["stalled"]) for queue, n in now.five_minutes.items()
    },
    "breaker_open": lambda now: {breaker: float(is_open) for breaker, is_open in now.breakers.items()},
    "no_worker": _unserved,
    "no_dispatcher": _unled,
    "lag_seconds": lambda now: {queue: lag.seconds for queue, lag in now.lag.items()},
    "missed_in_an_hour": lambda now: {schedule: float(n) for schedule, n in now.missed.items()},
    "schedule_overdue_seconds": lambda now: now.overdue,
    "burn_rate": _burn_rate,
}


def _by_queue(names: Sequence[str], found: Sequence[Row], span: timedelta) -> dict[str, Numbers]:
    since = datetime.now(UTC) - span
    told = by_queue(row for row in found if row.at >= since)
    return {name: told.get(name, Numbers()) for name in names}


def _missed(span: timedelta) -> dict[str, int]:
    since = datetime.now(UTC) - span
    counted = (
        ScheduledRun.objects.filter(outcome="missed", fired_at__gt=since)
        .values_list("schedule__name")
        .annotate(n=Count("id"))
    )
    return dict(counted)
