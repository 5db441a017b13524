"""The time series of queues and tasks, by minute, hour or day."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, NamedTuple

from django.db import connection

from jobs import histogram
from jobs.store.metrics import COUNTERS

Step = Literal["minute", "hour", "day"]
STEPS: Mapping[Step, timedelta] = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
}


@dataclass(frozen=True)
class Numbers:
    """What happened in a span: counters, and durations as histograms. `depth` and `oldest` are the highest."""

    counters: Mapping[str, int] = field(default_factory=dict)
    waits: Mapping[int, int] = field(default_factory=dict)
    runs: Mapping[int, int] = field(default_factory=dict)
    depth: int | None = None
    oldest: float | None = None

    def __getitem__(self, counter: str) -> int:
        return self.counters.get(counter, 0)

    @property
    def ended(self) -> int:
        """Jobs that completed or failed."""
        return self["completed"] + self["failed"]

    @property
    def success(self) -> float | None:
        """The share of them that completed; None when none ended."""
        return self["completed"] / self.ended if self.ended else None

    @property
    def mean_wait(self) -> float | None:
        """Seconds from due to started."""
        return self["wait_us"] / self["waited"] / 1e6 if self["waited"] else None

    @property
    def mean_run(self) -> float | None:
        """Seconds from started to ended."""
        return self["run_us"] / self["ran"] / 1e6 if self["ran"] else None


class Row(NamedTuple):
    """Numbers of one task in one step."""

    at: datetime
    queue: str
    task: str
    numbers: Numbers


def rows(queues: Sequence[str], step: Step, since: datetime) -> list[Row]:
    """What these queues and their tasks did in each step since a moment, oldest first; empty steps are left out.

    Steps that are not rolled up yet are added up from the smaller ones.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SQL[step], {"queues": list(queues), "since": since})
        return [_row(*found) for found in cursor.fetchall()]


def totals() -> list[Row]:
    """Counters of every queue and task ever since; no durations but their sums."""
    with connection.cursor() as cursor:
        cursor.execute(_TOTALS)
        return [_row(*found) for found in cursor.fetchall()]


def together(several: Iterable[Numbers]) -> Numbers:
    """Numbers of several tasks, queues or steps as one."""
    parts = list(several)
    depths = [part.depth for part in parts if part.depth is not None]
    ages = [part.oldest for part in parts if part.oldest is not None]
    return Numbers(
        {name: sum(part[name] for part in parts) for name in COUNTERS},
        histogram.merge(part.waits for part in parts),
        histogram.merge(part.runs for part in parts),
        max(depths, default=None),
        max(ages, default=None),
    )


def by_step(found: Iterable[Row]) -> dict[datetime, Numbers]:
    """The tasks of each step together."""
    steps: dict[datetime, list[Numbers]] = {}
    for row in found:
        steps.setdefault(row.at, []).append(row.numbers)
    return {at: together(numbers) for at, numbers in steps.items()}


def by_queue(found: Iterable[Row]) -> dict[str, Numbers]:
    """The tasks and steps of each queue together."""
    queues: dict[str, list[Numbers]] = {}
    for row in found:
        queues.setdefault(row.queue, []).append(row.numbers)
    return {name: together(numbers) for name, numbers in queues.items()}


def by_task(found: Iterable[Row]) -> dict[tuple[str, str], Numbers]:
    """The steps of each queue and task together."""
    tasks: dict[tuple[str, str], list[Numbers]] = {}
    for row in found:
        if row.task:
            tasks.setdefault((row.queue, row.task), []).append(row.numbers)
    return {key: together(numbers) for key, numbers in tasks.items()}


def start_of(step: Step, span: timedelta, now: datetime | None = None) -> datetime:
    """The first step of the last `span`, as a moment."""
    seconds = int(STEPS[step].total_seconds())
    began = int(((now or datetime.now(UTC)) - span).timestamp()) // seconds * seconds
    return datetime.fromtimestamp(began + seconds, UTC)


def _row(at: datetime, queue: str, task: str, *found: Any) -> Row:
    *sums, depth, oldest, waits, runs = found
    counters = {name: int(n) for name, n in zip(COUNTERS, sums, strict=True)}
    return Row(at, queue, task, Numbers(counters, _whole(waits), _whole(runs), depth, oldest))


def _whole(parts: Sequence[Mapping[str, int]] | str | None) -> dict[int, int]:
    import json

    read = json.loads(parts) if isinstance(parts, str) else parts or []
    return histogram.merge({int(place): n for place, n in part.items()} for part in read)


_SUMS = ", ".join(f"sum({name})" for name in COUNTERS)
_COLUMNS = f"{_SUMS}, max(depth), max(oldest), jsonb_agg(waits), jsonb_agg(runs)"
# The last step that is rolled up may still change: it is added up from its parts like those after it.
_NEWEST = "coalesce((SELECT max(at) FROM jobs_metric WHERE period = '{step}'), '-infinity')"


def _statement(step: Step, *sources: str) -> str:
    """Each source by itself: with an OR between them the whole table would be read."""
    wanted = "SELECT * FROM jobs_metric WHERE queue = ANY(%(queues)s) AND at >= %(since)s AND "
    parts = " UNION ALL ".join(f"{wanted}{source}" for source in sources)
    return f"""
        SELECT date_trunc('{step}', at, 'UTC'), queue, task, {_COLUMNS} FROM ({parts}) AS parts
        GROUP BY 1, queue, task ORDER BY 1, queue, task"""  # noqa: S608 -- built from constants


_HOUR, _DAY = _NEWEST.format(step="hour"), _NEWEST.format(step="day")
_SQL: Mapping[Step, str] = {
    "minute": _statement("minute", "period = 'minute'"),
    "hour": _statement("hour", f"period = 'hour' AND at < {_HOUR}", f"period = 'minute' AND at >= {_HOUR}"),
    "day": _statement(
        "day",
        f"period = 'day' AND at < {_DAY}",
        f"period = 'hour' AND at >= {_DAY} AND at < {_HOUR}",
        f"period = 'minute' AND at >= greatest({_DAY}, {_HOUR})",
    ),
}
_TOTALS = f"""
SELECT at, queue, task, {", ".join(COUNTERS)}, depth, oldest, NULL, NULL FROM jobs_metric WHERE period = 'total'
ORDER BY queue, task
"""  # noqa: S608 -- built from constants
