"""/queues/{queue}/metrics, /performance, /health: what the time series say."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Literal

from django.http import HttpRequest
from ninja import Field, Query, Router

from jobs.configuration import queue_book
from jobs.http.answers import PROBLEMS, Issue
from jobs.http.schemas import Camel, Text
from jobs.names import short_name
from jobs.queries.overview import QueueNow, queue_now
from jobs.queries.stats import last_ended
from monitoring.http import represent
from monitoring.http.answers import (
    Histories,
    History,
    Objective,
    Performance,
    QueueVerdict,
    TaskPerformance,
)
from monitoring.objective import burn_rate, drain_seconds, kept
from monitoring.queries.series import Numbers, Row, by_step, by_task, rows, start_of, together
from monitoring.settings import objective_of

router = Router(by_alias=True, tags=["metrics"])


class Wanted(Camel):
    """Which history. Minutes are kept for a day, hours for 30 days, days for a year."""

    by: Literal["minute", "hour", "day"] = "minute"
    hours: float | None = Field(
        None, gt=0, le=24 * 366, description="How far back; by default 1 h, 24 h, 30 d."
    )

    @property
    def span(self) -> timedelta:
        """How far back."""
        return timedelta(hours=self.hours or {"minute": 1, "hour": 24, "day": 720}[self.by])


class Over(Camel):
    """The span of a performance report."""

    hours: float = Field(24, gt=0, le=720)


@router.get("/metrics/all", response={200: Histories, **PROBLEMS})
def read_all(request: HttpRequest, wanted: Query[Wanted]) -> Histories:
    """The history of every queue."""
    names = queue_book().names
    found = rows(names, wanted.by, start_of(wanted.by, wanted.span))
    by_queue: dict[str, list[Row]] = {name: [] for name in names}
    for row in found:
        by_queue[row.queue].append(row)
    return Histories(queues=[_history(name, wanted, mine) for name, mine in by_queue.items()])


@router.get("/{queue}/metrics", response={200: History, **PROBLEMS})
def read_metrics(request: HttpRequest, queue: Text, wanted: Query[Wanted]) -> History:
    """A queue's history by minute, hour or day; that of a queue with partitions is of all of them together."""
    found = rows(queue_book().parts_of(queue), wanted.by, start_of(wanted.by, wanted.span))
    return _history(queue_book().get(queue).name, wanted, found)


@router.get("/{queue}/performance", response={200: Performance, **PROBLEMS})
def read_performance(request: HttpRequest, queue: Text, over: Query[Over]) -> Performance:
    """Mean, median, p95 and p99 of waiting and running, and jobs per hour, by task."""
    step: Literal["minute", "hour"] = "minute" if over.hours <= 1 else "hour"
    found = rows(queue_book().parts_of(queue), step, start_of(step, timedelta(hours=over.hours)))
    total = together(row.numbers for row in found)
    tasks = [
        TaskPerformance(
            job_name=short_name(task),
            task=task,
            jobs_per_hour=numbers.ended / over.hours,
            total=represent.span(numbers),
        )
        for (_, task), numbers in by_task(found).items()
    ]
    return Performance(
        queue=queue_book().get(queue).name,
        hours=over.hours,
        jobs_per_hour=total.ended / over.hours,
        total=represent.span(total),
        tasks=sorted(tasks, key=lambda task: -(task.total.run_seconds.p95 or 0)),
    )


@router.get("/{queue}/health", response={200: QueueVerdict, **PROBLEMS})
def read_health(request: HttpRequest, queue: Text) -> QueueVerdict:
    """What is wrong with a queue and what to do about it, and whether it keeps its objective."""
    name = queue_book().part(queue).name
    now = queue_now(name)
    levels = {str(problem.level) for problem in now.problems}
    return QueueVerdict(
        name=name,
        status="critical" if "critical" in levels else "warning" if levels else "healthy",
        issues=[
            Issue(level=str(problem.level), message=problem.sentence, recommendation=problem.advice)
            for problem in now.problems
        ],
        waiting=now.backlog.waiting.value,
        active=now.backlog.active.value,
        open_dead_letters=now.backlog.dead.value,
        oldest_waiting_seconds=now.backlog.oldest,
        success_share=now.pace.success,
        slots=now.slots,
        last_processed_at=last_ended([name]).get(name),
        objective=_objective(now),
    )


def _history(name: str, wanted: Wanted, found: Sequence[Row]) -> History:
    return History(
        queue=name,
        by=wanted.by,
        points=[represent.point(at, numbers) for at, numbers in by_step(found).items()],
        total=represent.span(together(row.numbers for row in found)),
    )


def _objective(now: QueueNow) -> Objective:
    promised = objective_of(now.name)
    hour, six = _lately(now.name, 1), _lately(now.name, 6)
    return Objective(
        within_seconds=promised.within,
        target=promised.target,
        last_hour=kept(promised, hour.waits),
        last_six_hours=kept(promised, six.waits),
        burn_rate=burn_rate(promised, hour.waits),
        drain_seconds=drain_seconds(now.backlog.waiting.value, now.pace.arriving, now.pace.finishing),
    )


def _lately(queue: str, hours: int) -> Numbers:
    found = rows([queue], "minute", start_of("minute", timedelta(hours=hours)))
    return together(row.numbers for row in found)
