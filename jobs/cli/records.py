"""Rows as records: what lists, `show` and `--json` give, with secret fields masked."""

from typing import Any

from django_celery_results.models import TaskResult

from jobs import celery_json
from jobs.masking import shown_payload
from jobs.models import Attempt, DeadLetter, Job
from jobs.names import short_name


def job_record(job: Job) -> dict[str, Any]:
    """A job as a list shows it."""
    return {
        "id": job.uid, "name": job.short_task, "task": job.task, "queue": job.queue, "state": job.state,
        "priority": job.priority, "attempt": job.attempt, "runs": job.runs, "progress": job.progress,
        "message": message_of(job), "created_at": job.created_at, "run_at": job.run_at,
        "expires_at": job.expires_at, "started_at": job.started_at, "finished_at": job.finished_at,
        "tags": job.tags, "subject": job.subject, "correlation_id": job.correlation_id, "worker": job.worker,
        "reason": job.reason,
    }  # fmt: skip


def full_record(job: Job) -> dict[str, Any]:
    """A job with its payload, attempts, result and error."""
    attempts = [_attempt(one) for one in job.attempts.order_by("run")]
    return job_record(job) | {
        "stalls": job.stalls, "snoozes": job.snoozes, "options": job.options,
        "cancel_requested_at": job.cancel_requested_at,
        "data": shown_payload(job), "attempts": attempts, "result": result_of(job), "error": error_of(job),
    }  # fmt: skip


def letter_record(letter: DeadLetter) -> dict[str, Any]:
    """A dead letter as a list shows it."""
    return {
        "id": letter.pk, "job": letter.job_uid, "name": short_name(letter.task), "task": letter.task,
        "queue": letter.queue, "error_type": letter.error_type, "error": letter.error[:500],
        "retryable": letter.retryable, "attempts": letter.attempts, "failed_at": letter.failed_at,
        "resolution": letter.resolution or "open", "resolved_at": letter.resolved_at,
        "resolved_by": letter.resolved_by, "note": letter.note,
    }  # fmt: skip


def full_letter(letter: DeadLetter) -> dict[str, Any]:
    """A dead letter with its payload, traceback and the attempts that the job's row still has."""
    attempts = Attempt.objects.filter(job__uid=letter.job_uid).order_by("run")
    return letter_record(letter) | {
        "error": letter.error, "reason": letter.reason, "fingerprint": letter.fingerprint,
        "priority": letter.priority, "tags": letter.tags, "correlation_id": letter.correlation_id,
        "options": letter.options, "history": letter.history, "automatic": letter.automatic,
        "next_retry_at": letter.next_retry_at, "retried_as": letter.retried_as,
        "data": shown_payload(letter), "attempts_made": [_attempt(one) for one in attempts],
        "traceback": letter.traceback,
    }  # fmt: skip


def result_of(job: Job) -> Any:
    """The result of a completed job; None for none."""
    if job.state != "completed":
        return None
    text = TaskResult.objects.filter(task_id=job.uid).values_list("result", flat=True).first()
    return celery_json.loads(text) if text else None


def error_of(job: Job) -> str:
    """Why a job failed or was cancelled, as one sentence."""
    if job.state not in {"failed", "cancelled"}:
        return ""
    last = job.attempts.exclude(error_type="").order_by("-run").first()
    if last is None:
        return job.reason
    return f"{last.error_type}: {last.error}" if last.error else last.error_type


def percent(fraction: float | None) -> str:
    """A share of the work for people."""
    return "" if fraction is None else f"{fraction * 100:.0f}%"


def message_of(job: Job) -> str:
    """The latest line that the job told about its progress."""
    detail = job.progress_detail
    return str(detail.get("message", "")) if isinstance(detail, dict) else ""


def _attempt(attempt: Attempt) -> dict[str, Any]:
    return {
        "run": attempt.run, "outcome": attempt.outcome, "started_at": attempt.started_at,
        "seconds": attempt.seconds, "worker": attempt.worker, "error_type": attempt.error_type,
        "error": attempt.error, "reason": attempt.reason, "delay": attempt.delay,
    }  # fmt: skip
