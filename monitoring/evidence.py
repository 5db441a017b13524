"""The newest thing that happened behind an alert, with the fields that a person needs to begin."""

from typing import Any

from jobs.models import Attempt, DeadLetter

_FAILURES = frozenset({"failure_share", "dead_letters", "failed_in_an_hour"})
_LONGEST = 300  # characters of an error's first line

Evidence = dict[str, Any]  # JSON; empty for measures that single jobs are not the cause of


def evidence_of(measure: str, queue: str) -> Evidence:
    """Of a queue's last failure, or of its last stall."""
    if measure in _FAILURES:
        return _last_failure(queue)
    return _last_stall(queue) if measure == "stalled_in_five_minutes" else {}


def sentence_of(found: Evidence) -> str:
    """The same as a line of text."""
    if not found:
        return ""
    job = f"{found['task']}, job {found['jobId']}"
    if found["what"] == "stalled":
        return f"Last stalled: {job}, run {found['run']} on {found['worker'] or '?'}, {found['at']}: {found['reason']}."
    retry = "it may be retried" if found["retryable"] else "a retry would fail again"
    error = f"{found['errorType']}: {found['error']} ({retry})"
    return f"Last failed: {job}, attempt {found['attempts']}, {found['at']}: {error}."


def _last_failure(queue: str) -> Evidence:
    letter = DeadLetter.objects.filter(queue=queue, resolution="").order_by("-id").first()
    if letter is None:
        return {}
    return {
        "what": "failed",
        "jobId": letter.job_uid,
        "task": letter.task,
        "attempts": letter.attempts,
        "at": f"{letter.failed_at:%Y-%m-%dT%H:%M:%SZ}",
        "errorType": letter.error_type,
        "error": (letter.error.splitlines() or [""])[0][:_LONGEST],
        "retryable": letter.retryable,
        "correlationId": letter.correlation_id,
        "deadLetter": letter.pk,
    }


def _last_stall(queue: str) -> Evidence:
    newest = Attempt.objects.filter(outcome="stalled", job__queue=queue).select_related("job").order_by("-id")
    attempt = newest.first()
    if attempt is None:
        return {}
    return {
        "what": "stalled",
        "jobId": attempt.job.uid,
        "task": attempt.job.task,
        "run": attempt.run,
        "worker": attempt.worker,
        "at": f"{attempt.ended_at:%Y-%m-%dT%H:%M:%SZ}",
        "reason": attempt.reason,
        "correlationId": attempt.job.correlation_id,
    }
