"""Celery beat: any number of processes, each tick of a schedule enqueued once.

The job of a tick has an id made of the schedule and the moment it was due, so the second beat that fires it
meets the first one's job.
"""

import math
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django_celery_beat.schedulers import DatabaseScheduler

_NAMESPACE = uuid.UUID("6f0f4f0e-9c5b-5a52-9a4e-1a0d52f4a1c3")


def tick_id(schedule: str, due: datetime) -> str:
    """The id of the job that a schedule enqueues for the tick due at `due`."""
    return str(uuid.uuid5(_NAMESPACE, f"{schedule}@{due.astimezone(UTC).isoformat()}"))


def due_moment(schedule: Any, last_run_at: datetime, now: datetime) -> datetime:
    """When the tick that fires at `now` was due, the same in every beat.

    Intervals are counted from the epoch, as each beat has its own idea of the last run; anything else
    knows its moments by the clock.
    """
    every: timedelta | None = getattr(schedule, "run_every", None)
    if every is not None and every.total_seconds() > 0:
        seconds = every.total_seconds()
        return datetime.fromtimestamp(math.floor(now.timestamp() / seconds) * seconds, UTC)
    due = now + schedule.remaining_estimate(last_run_at)
    return datetime.fromtimestamp(round(due.timestamp()), UTC)


class Scheduler(DatabaseScheduler):
    """django-celery-beat's scheduler; switched off as a whole by ENABLE_SCHEDULED_JOBS=false."""

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Fire what is due; answers the seconds to wait."""
        if not settings.ENABLE_SCHEDULED_JOBS:
            return float(self.max_interval)
        return float(super().tick(*args, **kwargs))

    def apply_async(self, entry: Any, producer: Any = None, advance: bool = True, **kwargs: Any) -> Any:
        """Enqueue a tick once, whoever fires it."""
        due = due_moment(entry.schedule, entry.last_run_at, datetime.now(UTC))
        entry.options = {**entry.options, "task_id": tick_id(entry.name, due)}
        return super().apply_async(entry, producer=producer, advance=advance, **kwargs)
