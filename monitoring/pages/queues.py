"""The charts on a queue's page: what happened, the backlog, and how long jobs wait and run."""

from datetime import UTC, datetime, timedelta
from typing import Literal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from jobs import histogram
from jobs.configuration import queue_book
from jobs.errors import UnknownName
from monitoring.pages.charts import Chart, chart
from monitoring.queries.series import STEPS, Numbers, by_step, rows, start_of

Span = Literal["hour", "day", "month"]
_SPANS: dict[str, tuple[Literal["minute", "hour"], timedelta]] = {
    "hour": ("minute", timedelta(hours=1)),
    "day": ("hour", timedelta(days=1)),
    "month": ("hour", timedelta(days=30)),
}


@require_safe
def history(request: HttpRequest, name: str) -> HttpResponse:
    """Part of the queue's page, fetched by it: the last hour, day or month."""
    try:
        queue = queue_book().get(name)
    except UnknownName:
        return render(request, "404.html", status=404)
    wanted = request.GET.get("span", "hour")
    span = wanted if wanted in _SPANS else "hour"
    context = {"queue": queue, "span": span, "spans": list(_SPANS), "charts": charts(queue.name, span)}
    return render(request, "monitoring/parts/history.html", context)


def charts(queue: str, span: str) -> list[Chart]:
    """The queue's charts over a span."""
    step, length = _SPANS[span]
    since = start_of(step, length)
    found = by_step(rows(queue_book().parts_of(queue), step, since))
    moments = _moments(since, STEPS[step])
    steps = [found.get(moment, Numbers()) for moment in moments]
    return [
        chart(f"Jobs a {step}", "", moments, [
            ("enqueued", "waiting", [float(each["enqueued"]) for each in steps]),
            ("completed", "completed", [float(each["completed"]) for each in steps]),
            ("failed", "failed", [float(each["failed"]) for each in steps]),
        ]),
        chart("Waiting, at most", "", moments, [
            ("waiting", "waiting", [None if each.depth is None else float(each.depth) for each in steps]),
        ]),
        chart("Wait", "s", moments, _percentiles([each.waits for each in steps])),
        chart("Run time", "s", moments, _percentiles([each.runs for each in steps])),
    ]  # fmt: skip


def _percentiles(counts: list[histogram.Counts]) -> list[tuple[str, str, list[float | None]]]:
    found = [histogram.percentiles(each, (0.5, 0.95, 0.99)) for each in counts]
    looks = (("median", "active"), ("p95", "delayed"), ("p99", "blocked"))
    return [(name, look, [each[n] for each in found]) for n, (name, look) in enumerate(looks)]


def _moments(since: datetime, step: timedelta) -> list[datetime]:
    count = int((datetime.now(UTC) - since) / step) + 1
    return [since + n * step for n in range(max(2, count))]
