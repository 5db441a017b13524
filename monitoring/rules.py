"""The rules of a new installation, on one page; afterwards the admin decides."""

from typing import Any

from jobs.configuration import health_thresholds
from jobs.health import Thresholds

_MINUTE, _HOUR = 60.0, 3600.0


def defaults(limits: Thresholds) -> tuple[dict[str, Any], ...]:
    """Name, measure, threshold, how long it must hold, and what to do about it."""
    return (
        _rule("jobs fail", "failure_share", 1 - limits.success_warning, 2 * _MINUTE,
              "See what they have in common under Dead letters; a breaker isolates what they depend on."),
        _rule("most jobs fail", "failure_share", 1 - limits.success_critical, _MINUTE,
              "Pause the queue if its jobs do harm; see Dead letters.", "critical"),
        _rule("many dead letters", "dead_letters", limits.alert_failed, 0, "Retry or discard them under Dead letters."),
        _rule("dead letters grow", "failed_in_an_hour", 25, 0, "Find the cause before you retry: see Dead letters."),
        _rule("long queue", "waiting", limits.alert_waiting, 2 * _MINUTE, "Add workers, or see what keeps these busy."),
        _rule("old jobs wait", "oldest_seconds", 15 * _MINUTE, 0, "Ask `jobs explain ID` why the oldest does not run."),
        _rule("stuck jobs", "stuck", 0, 0, "Look at their logs under Jobs; cancel those that hang."),
        _rule("slow jobs", "late", 0, 0, "See what they wait for; a time limit would end them."),
        _rule("burst of stalls", "stalled_in_five_minutes", 4, 0,
              "Workers die: look for out-of-memory kills and segmentation faults in their logs.", "critical"),
        _rule("breaker opened", "breaker_open", 0, 0, "It tries again by itself; see `manage.py queues breakers`."),
        _rule("no worker", "no_worker", 0, _MINUTE, "Start `celery -A config worker -Q` with this queue.", "critical"),
        _rule("no dispatcher", "no_dispatcher", 0, 30, "Start `manage.py dispatcher`.", "critical"),
        _rule("dispatcher is behind", "lag_seconds", 30, _MINUTE, "Look at its log, and at PostgreSQL's load."),
        _rule("schedule missed", "missed_in_an_hour", 0, 0, "See Schedules; is beat running?"),
        _rule("schedule overdue", "schedule_overdue_seconds", 2 * _MINUTE, 0,
              "A beat that lives does not fire it: see its log. Prometheus watches for a beat that is gone."),
        _rule("jobs start late", "burn_rate", 6, 5 * _MINUTE,
              "Add workers: at this pace the allowance for late starts is used up six times too fast."),
    )  # fmt: skip


def create_missing(**_: Any) -> None:
    """After each migrate: rules that are not there yet; those that were changed stay as they are."""
    from monitoring.models import AlertRule

    rules = [AlertRule(**rule) for rule in defaults(health_thresholds())]
    AlertRule.objects.bulk_create(rules, ignore_conflicts=True)


def _rule(
    name: str, measure: str, threshold: float, holds: float, advice: str, severity: str = "warning"
) -> dict[str, Any]:
    return {
        "name": name,
        "measure": measure,
        "threshold": threshold,
        "for_seconds": holds,
        "cooldown_seconds": _HOUR / 2,
        "severity": severity,
        "advice": advice,
    }
