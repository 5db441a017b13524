"""The hourly roll-up of the time series."""

from dataclasses import asdict

from celery import shared_task

from jobs import Unique
from jobs.store.rollups import roll_up


@shared_task(time_limit=600, stale_after=900, unique=Unique())
def roll_up_metrics() -> dict[str, int]:
    """Hours and days out of minutes; deletes minutes after 24 hours, hours after 30 days, days after a year."""
    return asdict(roll_up())
