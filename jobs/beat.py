"""Celery beat: any number of processes, each tick of a schedule dealt with once.

The rows are django-celery-beat's. Which ticks are due, and what becomes of them, is decided in the database:
a beat that is killed, stopped for a while or restarted changes nothing about it.
"""

import logging
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError, close_old_connections
from django_celery_beat.schedulers import DatabaseScheduler

from jobs.configuration import leader_lease
from jobs.models import SchedulePolicy
from jobs.scheduling.firing import database_now, fire
from jobs.scheduling.reading import read_schedules
from jobs.store.sessions import let_go_after

logger = logging.getLogger(__name__)

_SHORTEST = 0.05  # seconds between two looks
_AFTER_OUTAGE = 1.0  # seconds until the database is asked again


class Scheduler(DatabaseScheduler):
    """django-celery-beat's scheduler; switched off as a whole by ENABLE_SCHEDULED_JOBS=false."""

    def setup_schedule(self) -> None:
        """Beat begins."""
        let_go_after(leader_lease())
        super().setup_schedule()

    def tick(self, *_: Any, **__: Any) -> float:
        """Fire what is due; answers the seconds to wait."""
        if not settings.ENABLE_SCHEDULED_JOBS:
            return float(self.max_interval)
        try:
            return min(float(self.max_interval), _look())
        except (DatabaseError, InterfaceError) as error:
            logger.warning("the database is away; looking again in %g s: %s", _AFTER_OUTAGE, error)
            close_old_connections()
            return _AFTER_OUTAGE


def _look() -> float:
    """Fire everything that is due once; the seconds until the next tick."""
    now = database_now()
    read_schedules(now)
    for schedule_id in SchedulePolicy.objects.filter(next_due__lte=now).values_list("pk", flat=True):
        try:
            fire(schedule_id, now)
        except (InterfaceError, DatabaseError):
            raise
        except Exception:
            logger.exception(
                "schedule %s: an error nobody foresaw; tried again at the next look", schedule_id
            )
    soonest = SchedulePolicy.objects.filter(next_due__gt=now).order_by("next_due").first()
    if soonest is None or soonest.next_due is None:
        return float("inf")
    return max(_SHORTEST, (soonest.next_due - database_now()).total_seconds())
