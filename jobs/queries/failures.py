"""Dead letters, a page at a time, and counted."""

from dataclasses import dataclass

from django.db.models import Count, Q
from django.db.models.functions import TruncDate

from jobs.models import DeadLetter


@dataclass(frozen=True)
class LetterCounts:
    """Open dead letters of a queue, counted. `by_day` has ISO dates (UTC)."""

    total: int
    retryable: int
    by_error: dict[str, int]
    by_day: dict[str, int]


def find_letters(
    queue: str, before: int | None, limit: int, *, resolved: bool = False
) -> tuple[list[DeadLetter], int | None]:
    """Up to `limit` letters, newest first, and the next page's `before`; an empty queue means all."""
    rows = DeadLetter.objects.exclude(resolution="") if resolved else DeadLetter.objects.filter(resolution="")
    if queue:
        rows = rows.filter(queue=queue)
    if before is not None:
        rows = rows.filter(id__lt=before)
    page = list(rows.order_by("-id")[: limit + 1])
    return page[:limit], page[limit - 1].id if len(page) > limit else None


def count_letters(queue: str) -> LetterCounts:
    """How many letters are open, by cause and day."""
    rows = DeadLetter.objects.filter(queue=queue, resolution="")
    totals = rows.aggregate(total=Count("id"), retryable=Count("id", filter=Q(retryable=True)))
    by_error = rows.values_list("error_type").annotate(n=Count("id")).order_by("-n", "error_type")[:50]
    by_day = (
        rows.annotate(day=TruncDate("failed_at")).values_list("day").annotate(n=Count("id")).order_by("day")
    )
    return LetterCounts(
        total=totals["total"],
        retryable=totals["retryable"],
        by_error=dict(by_error),
        by_day={day.isoformat(): count for day, count in by_day},
    )
