"""The periodic job that tells of dead letters."""

from datetime import timedelta

from celery import shared_task
from django.conf import settings

from jobs import Unique


@shared_task(time_limit=60, stale_after=120, unique=Unique())
def notify_dead_letters() -> dict[str, int]:
    """Tell ALERT_WEBHOOK_URL and the alert recipients of new causes; each again after ALERT_COOLDOWN seconds."""
    from execution.flows.alerts import tell_dead_letters  # flows import tasks

    return {"sent": tell_dead_letters(timedelta(seconds=settings.ALERT_COOLDOWN))}
