"""Monitoring's settings, read from Django's: `MONITORING_*` names, with their defaults."""

from collections.abc import Mapping

from django.conf import settings

from monitoring.objective import Objective


def objective_of(queue: str) -> Objective:
    """What is promised of a queue: its own entry of `MONITORING_OBJECTIVES`, else 95 % within 30 s."""
    found: Mapping[str, Objective] = getattr(settings, "MONITORING_OBJECTIVES", {})
    return found.get(queue, Objective())


def site_url() -> str:
    """How the site is reached from outside, with no slash at its end; empty makes links in messages paths."""
    return str(getattr(settings, "SITE_URL", "")).rstrip("/")


def alert_channel() -> tuple[str, str]:
    """Channel and recipient of rules that name none: the webhook of `ALERT_WEBHOOK_URL`, else the log."""
    webhook = str(getattr(settings, "ALERT_WEBHOOK_URL", ""))
    return ("webhook", webhook) if webhook else ("log", "operators")
