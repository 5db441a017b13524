"""From rows to answers."""

from typing import Any
from urllib.parse import quote

from django.urls import reverse

from jobs.http.answers import (
    AttemptOut,
    Durations,
    Failure,
    JobDetail,
    JobOut,
    LimitsOut,
    Links,
    QueueOut,
    Relative,
    Started,
)
from jobs.limits import Limits
from jobs.masking import shown_payload
from jobs.models import Attempt, DeadLetter, Job
from jobs.names import registered_tasks, short_name
from jobs.queries.queue_settings import shown, state_of
from jobs.queries.stats import QueueStats
from jobs.queries.story import story_of
from jobs.queues import Queue
from jobs.store.insert import Enqueued

_JOB_FIELDS = (
    "task", "state", "priority", "progress", "max_attempts", "correlation_id", "subject", "tags",
    "created_at", "run_at", "expires_at", "started_at", "finished_at", "worker", "reason",
)  # fmt: skip
_ATTEMPT_FIELDS = tuple(AttemptOut.model_fields)
_LETTER_FIELDS = (
    "id", "task", "priority", "tags", "correlation_id", "error_type", "error", "traceback", "fingerprint",
    "retryable", "reason", "attempts", "failed_at", "resolution", "resolved_at", "resolved_by", "note",
    "history", "automatic", "next_retry_at", "retried_as",
)  # fmt: skip


def links(uid: str) -> Links:
    """Where to go on from a job."""
    base = f"{reverse('api-1:api-root')}jobs/{quote(uid, safe='')}"
    return Links(
        self=base,
        wait=f"{base}/wait",
        events=f"{base}/events",
        logs=f"{base}/logs",
        cancel=f"{base}/cancel",
        retry=f"{base}/retry",
        promote=f"{base}/promote",
    )


def started(answer: Enqueued) -> Started:
    """The answer to a trigger."""
    return Started(id=answer.uid, created=answer.created, happened=answer.happened, links=links(answer.uid))


def job(row: Job) -> JobOut:
    """A job in a list."""
    return JobOut(**_summary(row))


def job_detail(row: Job) -> JobDetail:
    """Everything about a job."""
    story = story_of(row)
    return JobDetail(
        **_summary(row),
        finished=row.finished,
        runs=row.runs,
        stalls=row.stalls,
        snoozes=row.snoozes,
        cancel_requested_at=row.cancel_requested_at,
        progress_details=row.progress_detail,
        data=payload(row),
        options=row.options,
        attempt_history=[_attempt(attempt) for attempt in story.attempts],
        result=story.result,
        parents=[_relative(parent) for parent in story.needed_by],
        children=[_relative(child) for child in story.waits_for],
    )


def payload(row: Job | DeadLetter) -> dict[str, Any]:
    """A payload as people may see it."""
    registered_tasks()  # they must be imported to know which fields are secret
    return shown_payload(row)


def failure(row: DeadLetter) -> Failure:
    """A dead letter."""
    return Failure(
        **{name: getattr(row, name) for name in _LETTER_FIELDS},
        job_id=row.job_uid,
        job_name=short_name(row.task),
        queue_name=row.queue,
        data=payload(row),
    )


def queue(declared: Queue, stats: QueueStats, limits: Limits) -> QueueOut:
    """A queue with its numbers, defaults and live limits."""
    return QueueOut(
        name=declared.name,
        owner=declared.owner,
        counts=stats.counts,
        oldest_waiting_seconds=stats.backlog.oldest,
        open_dead_letters=stats.backlog.dead.value,
        arriving_per_minute=stats.pace.arriving,
        finishing_per_minute=stats.pace.finishing,
        completed_recently=stats.pace.completed,
        failed_recently=stats.pace.failed,
        success_share=stats.pace.success,
        wait_seconds=_durations(stats.pace.waits),
        run_seconds=_durations(stats.pace.runs),
        last_processed_at=stats.last_ended_at,
        concurrency=declared.concurrency,
        max_attempts=declared.attempts,
        state=state_of(limits),
        key=declared.key,
        limits=LimitsOut(**shown(limits)),
        keep_completed=declared.keep_completed,
        keep_failed=declared.keep_failed,
    )


def _summary(row: Job) -> dict[str, Any]:
    own = {name: getattr(row, name) for name in _JOB_FIELDS}
    return own | {
        "id": row.uid,
        "job_name": row.short_task,
        "queue_name": row.queue,
        "attempts": row.attempt,
        "links": links(row.uid),
    }


def _attempt(row: Attempt) -> AttemptOut:
    return AttemptOut(**{name: getattr(row, name) for name in _ATTEMPT_FIELDS})


def _relative(row: Job) -> Relative:
    return Relative(id=row.uid, job_name=row.short_task, state=row.state)


def _durations(pair: tuple[float, float] | None) -> Durations | None:
    return Durations(p50=pair[0], p95=pair[1]) if pair else None
