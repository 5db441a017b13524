"""Ticks of schedules that are due and that no beat has dealt with."""

from django.conf import settings
from django.db import connection

LATE = 60.0  # seconds after which a tick that waits for a beat is a problem


def overdue() -> dict[str, float]:
    """By schedule, how many seconds its next tick is overdue, 0 for none; empty while schedules are switched off.

    Schedules that no beat has ever seen are left out: nobody knows when they are due.
    """
    if not settings.ENABLE_SCHEDULED_JOBS:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_OVERDUE)
        return dict(cursor.fetchall())


def standing_still() -> float | None:
    """How many seconds schedules stand still for want of a beat; None when they do not."""
    worst = max(overdue().values(), default=0.0)
    return worst if worst > LATE else None


_OVERDUE = """
SELECT s.name, greatest(0, extract(epoch FROM clock_timestamp() - p.next_due))::float8
FROM jobs_schedulepolicy p JOIN django_celery_beat_periodictask s ON s.id = p.schedule_id
WHERE s.enabled AND p.next_due IS NOT NULL ORDER BY s.name
"""
