"""Notices in words: what a person who is woken at night needs to know first."""

from jobs.models import Attempt, DeadLetter
from jobs.pages.words import duration
from monitoring.services.alerts import Notice

_FAILURES = frozenset({"failure_share", "dead_letters", "failed_in_an_hour"})
_SECONDS = frozenset({"oldest_seconds", "lag_seconds"})


def subject_of(notice: Notice) -> str:
    """One line."""
    words = {"raised": notice.alert.severity.upper(), "resolved": "RESOLVED", "tested": "TEST"}
    return f"[{words[notice.kind]}] {notice.alert.subject}: {notice.rule.name}"


def body_of(notice: Notice) -> str:
    """What, since when, how much against how much, the newest evidence, and what to do."""
    alert, rule = notice.alert, notice.rule
    lines = [
        f"{alert.subject}: {rule.name}.",
        f"Measured {_amount(rule.measure, alert.value)}, allowed {_amount(rule.measure, alert.threshold)}.",
        f"Since {alert.since:%Y-%m-%d %H:%M:%S} UTC.",
    ]
    if notice.kind == "resolved" and alert.resolved_at:
        lasted = (alert.resolved_at - alert.since).total_seconds()
        return "\n".join([*lines, f"It is well again after {duration(lasted)}."])
    lines += _evidence(rule.measure, alert.subject)
    if rule.advice:
        lines.append(f"What to do: {rule.advice}")
    lines.append(f"See /queues/{alert.subject} and /alerts.")
    return "\n".join(lines)


def _amount(measure: str, value: float) -> str:
    if measure in _SECONDS:
        return duration(value)
    return f"{value:.0%}" if measure == "failure_share" else f"{value:g}"


def _evidence(measure: str, queue: str) -> list[str]:
    if measure in _FAILURES:
        return _last_failure(queue)
    return _last_stall(queue) if measure == "stalled_in_five_minutes" else []


def _last_failure(queue: str) -> list[str]:
    letter = DeadLetter.objects.filter(queue=queue, resolution="").order_by("-id").first()
    if letter is None:
        return []
    error = letter.error.splitlines()[0][:300] if letter.error else ""
    retryable = "it may be retried" if letter.retryable else "a retry would fail again"
    return [
        (
            f"Last failed: {letter.task}, job {letter.job_uid}, attempt {letter.attempts}, "
            f"{letter.failed_at:%H:%M:%S} UTC: {letter.error_type}: {error} ({retryable})."
        )
    ]


def _last_stall(queue: str) -> list[str]:
    newest = Attempt.objects.filter(outcome="stalled", job__queue=queue).select_related("job").order_by("-id")
    attempt = newest.first()
    if attempt is None:
        return []
    return [
        (
            f"Last stalled: {attempt.job.task}, job {attempt.job.uid}, run {attempt.run} on {attempt.worker or '?'}, "
            f"{attempt.ended_at:%H:%M:%S} UTC: {attempt.reason}."
        )
    ]
