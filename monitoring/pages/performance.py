"""`/performance`: how long jobs wait and run, by task; the slowest, and those that fail most."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from jobs import histogram
from jobs.configuration import queue_book
from jobs.names import short_name
from monitoring.queries.series import Step, by_task, rows, start_of

_SPANS: dict[str, tuple[Step, float]] = {"hour": ("minute", 1), "day": ("hour", 24), "week": ("hour", 168)}


@dataclass(frozen=True)
class Task:
    """A task's line. Durations in seconds."""

    name: str
    queue: str
    ended: int
    failed: int
    per_hour: float
    mean_run: float | None
    waits: list[float | None]
    runs: list[float | None]

    @property
    def failure_share(self) -> float:
        """The share of its jobs that failed."""
        return self.failed / self.ended if self.ended else 0.0


_ORDERS: dict[str, Callable[[Task], float]] = {
    "slowest": lambda task: task.runs[1] or 0,
    "failing": lambda task: task.failure_share,
    "busiest": lambda task: task.per_hour,
    "waiting": lambda task: task.waits[1] or 0,
}


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Every task that did anything in the span."""
    span, order = request.GET.get("span", "day"), request.GET.get("order", "slowest")
    span, order = span if span in _SPANS else "day", order if order in _ORDERS else "slowest"
    tasks = sorted(_tasks(*_SPANS[span]), key=_ORDERS[order], reverse=True)
    context = {"tasks": tasks, "span": span, "order": order, "spans": list(_SPANS), "orders": list(_ORDERS)}
    return render(request, "monitoring/performance.html", context)


def _tasks(step: Step, hours: float) -> list[Task]:
    found = by_task(rows(queue_book().names, step, start_of(step, timedelta(hours=hours))))
    return [
        Task(
            name=short_name(task),
            queue=queue,
            ended=numbers.ended,
            failed=numbers["failed"],
            per_hour=numbers.ended / hours,
            mean_run=numbers.mean_run,
            waits=histogram.percentiles(numbers.waits, (0.5, 0.95, 0.99)),
            runs=histogram.percentiles(numbers.runs, (0.5, 0.95, 0.99)),
        )
        for (queue, task), numbers in found.items()
    ]
