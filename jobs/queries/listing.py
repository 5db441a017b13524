"""Searching jobs: newest first, a page at a time, by the row's id as the cursor."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from jobs.models import Job
from jobs.queries.tasks import full_names


@dataclass(frozen=True)
class Wanted:
    """What to look for; empty fields mean anything. `task` is a full or short name."""

    state: str = ""
    queues: Sequence[str] = ()
    task: str = ""
    tag: str = ""
    correlation_id: str = ""
    subject: str = ""
    text: str = ""


def find_jobs(wanted: Wanted, before: int | None, limit: int) -> tuple[list[Job], int | None]:
    """Up to `limit` jobs with a row id below `before`, and the next page's `before` (None at the end)."""
    rows = _filtered(wanted)
    if before is not None:
        rows = rows.filter(id__lt=before)
    page = list(rows.order_by("-id")[: limit + 1])
    return page[:limit], page[limit - 1].id if len(page) > limit else None


def _filtered(wanted: Wanted) -> QuerySet[Job]:
    exact = {
        "state": wanted.state,
        "queue__in": wanted.queues,
        "correlation_id": wanted.correlation_id,
        "subject": wanted.subject,
    }
    rows = Job.objects.filter(**{name: value for name, value in exact.items() if value})
    if wanted.task:
        rows = rows.filter(task__in=full_names(wanted.task.replace("-", "_")))
    if wanted.tag:
        rows = rows.exclude(tags=[]).filter(tags__contains=[wanted.tag])  # as the index `job_tags` has it
    if wanted.text:
        rows = rows.filter(
            Q(uid__startswith=wanted.text)
            | Q(correlation_id__startswith=wanted.text)
            | Q(task__icontains=wanted.text)
            | Q(subject__icontains=wanted.text)
        )
    return rows
