"""Numbers as the API tells them."""

from collections.abc import Mapping
from datetime import datetime

from jobs import histogram
from monitoring.http.answers import Point, Span, Spread
from monitoring.queries.series import Numbers

_TOLD = ("enqueued", "started", "completed", "failed", "retried", "stalled", "cancelled", "fenced")


def span(numbers: Numbers) -> Span:
    """A span."""
    return Span(
        **{name: numbers[name] for name in _TOLD},
        success_share=numbers.success,
        depth=numbers.depth,
        oldest_seconds=numbers.oldest,
        wait_seconds=spread(numbers.waits, numbers.mean_wait),
        run_seconds=spread(numbers.runs, numbers.mean_run),
    )


def point(at: datetime, numbers: Numbers) -> Point:
    """A step of a history."""
    return Point(at=at, **dict(span(numbers)))


def spread(counts: Mapping[int, int], mean: float | None) -> Spread:
    """Mean and percentiles."""
    median, p95, p99 = histogram.percentiles(counts, (0.5, 0.95, 0.99))
    return Spread(mean=mean, median=median, p95=p95, p99=p99)
