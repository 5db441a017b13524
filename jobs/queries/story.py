"""Everything about one job: its attempts, its relatives, its result, its log."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django_celery_results.models import TaskResult

from jobs.fence import keys
from jobs.fence.connection import REDIS_ERRORS, client
from jobs.fence.events import MalformedEvent, parse
from jobs.models import Attempt, DeadLetter, Job

_RELATIVES = 50
_ATTEMPTS = 200
_ENTRIES = 5_000  # of the queue's event log that are looked through for one job


@dataclass(frozen=True)
class LogLine:
    """A line that the job wrote about itself."""

    at: datetime
    level: str
    message: str
    detail: dict[str, Any]


@dataclass(frozen=True)
class Story:
    """A job with what surrounds it. `log` is None when Redis did not answer."""

    job: Job
    attempts: Sequence[Attempt]
    waits_for: Sequence[Job]
    needed_by: Sequence[Job]
    result: Any
    letter: DeadLetter | None
    log: Sequence[LogLine] | None


def story_of(job: Job) -> Story:
    """Read it all, in a number of queries that does not depend on the job."""
    return Story(
        job=job,
        attempts=list(job.attempts.order_by("-run")[:_ATTEMPTS])[::-1],
        waits_for=list(Job.objects.filter(parents__parent=job).order_by("id")[:_RELATIVES]),
        needed_by=list(Job.objects.filter(children__child=job).order_by("id")[:_RELATIVES]),
        result=result_of(job),
        letter=DeadLetter.objects.filter(job_uid=job.uid).order_by("-id").first(),
        log=log_of(job),
    )


def result_of(job: Job) -> Any:
    """What a completed job gave back; None when it gave nothing back or has not completed."""
    if job.state != "completed":
        return None
    text = TaskResult.objects.filter(task_id=job.uid).values_list("result", flat=True).first()
    if text is None:
        return None
    try:
        return json.loads(text)
    except ValueError:
        return text


def log_of(job: Job) -> list[LogLine] | None:
    """The job's log lines that the event log still holds, oldest first; None without Redis."""
    since = int((job.started_at or job.created_at).timestamp() * 1000) if not job.finished else 0
    end = "+" if job.finished_at is None else str(int(job.finished_at.timestamp() * 1000) + 1000)
    try:
        entries: Any = client().xrevrange(keys.events(job.queue), end, str(since), count=_ENTRIES)
    except REDIS_ERRORS:
        return None
    mine = [(cursor, fields) for cursor, fields in reversed(entries) if _is_line(fields, job.uid)]
    return [line for cursor, fields in mine if (line := _line(job.queue, cursor, fields))]


def _is_line(fields: dict[str, str], uid: str) -> bool:
    return fields.get("e") == "log" and fields.get("j") == uid


def _line(queue: str, cursor: str, fields: dict[str, str]) -> LogLine | None:
    try:
        event = parse(queue, cursor, fields)
    except MalformedEvent:
        return None
    at = datetime.fromtimestamp(event.at_ms / 1000, UTC)
    data = event.data
    return LogLine(at, str(data.get("level", "info")), str(data.get("message", "")), data.get("detail") or {})
