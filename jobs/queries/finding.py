"""Finding jobs: filters and pages by keyset, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import OperationalError, connection, transaction
from django.db.models import QuerySet

from jobs.models import Job

PAGE = 50
_PATIENCE_MS = 2_000


class SearchTooSlow(Exception):
    """The search took longer than a page may; a queue or a state would narrow it."""


@dataclass(frozen=True)
class Search:
    """What is looked for. `text` is an id, a subject or a correlation id, in full."""

    text: str = ""
    queue: str = ""
    state: str = ""
    tasks: tuple[str, ...] = ()
    tag: str = ""
    correlation: str = ""
    before: int | None = None


@dataclass(frozen=True)
class Found:
    """One page of jobs; `next` is the cursor of the page after it."""

    jobs: Sequence[Job]
    next: int | None


def find_jobs(search: Search, size: int = PAGE) -> Found:
    """A page of jobs, without their payloads. SearchTooSlow when PostgreSQL takes more than two seconds."""
    rows = _filtered(search).defer("args", "kwargs", "options", "canvas").order_by("-id")[: size + 1]
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(_PATIENCE_MS)])
            jobs = list(rows)
            cursor.execute("SELECT set_config('statement_timeout', '0', true)")
    except OperationalError as error:
        if "statement timeout" not in str(error):
            raise
        raise SearchTooSlow("The search took too long. Choose a queue or a state to narrow it.") from error
    return Found(jobs[:size], jobs[size - 1].id if len(jobs) > size else None)


def jobs_of_correlation(correlation: str, limit: int = 50) -> list[Job]:
    """The jobs that were started together, oldest first."""
    return list(
        Job.objects.filter(correlation_id=correlation).exclude(correlation_id="").order_by("id")[:limit]
    )


def jobs_about(subject: str, limit: int = 20) -> list[Job]:
    """The newest jobs about a subject, newest first."""
    return list(Job.objects.filter(subject=subject).exclude(subject="").order_by("-id")[:limit])


def _filtered(search: Search) -> "QuerySet[Job]":
    rows = Job.objects.all()
    if search.text:
        rows = rows.filter(id__in=_ids_of(search.text))
    if search.correlation:
        rows = rows.filter(correlation_id=search.correlation).exclude(correlation_id="")
    for name, value in (("queue", search.queue), ("state", search.state)):
        if value:
            rows = rows.filter(**{name: value})
    if search.tasks:
        rows = rows.filter(task__in=search.tasks)
    if search.tag:
        rows = rows.exclude(tags=[]).filter(tags__contains=[search.tag])  # as the index `job_tags` has it
    return rows.filter(id__lt=search.before) if search.before else rows


def _ids_of(text: str) -> "QuerySet[Job, int]":
    """Jobs by id, subject or correlation id: three walks along three indexes.

    With one OR instead, the planner may walk the primary key past every job to spare the sort.
    """
    by_id = Job.objects.filter(uid=text)
    about = Job.objects.filter(subject=text).exclude(subject="")
    together = Job.objects.filter(correlation_id=text).exclude(correlation_id="")
    return by_id.values_list("id", flat=True).union(
        about.values_list("id", flat=True), together.values_list("id", flat=True)
    )
