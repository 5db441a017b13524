"""Celery beat: any number of processes, each tick of a schedule enqueued once.

The job of a tick has an id made of the schedule and the minute it was due, so the second beat that fires
it meets the first one's job.
"""

import uuid
from typing import Any

from django.conf import settings
from django_celery_beat.schedulers import DatabaseScheduler

_NAMESPACE = uuid.UUID("6f0f4f0e-9c5b-5a52-9a4e-1a0d52f4a1c3")


def tick_id(schedule: str, due: str) -> str:
    """The id of the job that a schedule enqueues for the tick due at `due` (ISO 8601)."""
    return str(uuid.uuid5(_NAMESPACE, f"{schedule}@{due}"))


class Scheduler(DatabaseScheduler):
    """django-celery-beat's scheduler; switched off as a whole by ENABLE_SCHEDULED_JOBS=false."""

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Fire what is due; answers the seconds to wait."""
        if not settings.ENABLE_SCHEDULED_JOBS:
            return float(self.max_interval)
        return float(super().tick(*args, **kwargs))

    def apply_async(self, entry: Any, producer: Any = None, advance: bool = True, **kwargs: Any) -> Any:
        """Enqueue a tick once, whoever fires it."""
        due = entry.last_run_at + entry.schedule.remaining_estimate(entry.last_run_at)
        entry.options = {
            **entry.options,
            "task_id": tick_id(entry.name, due.replace(microsecond=0).isoformat()),
        }
        return super().apply_async(entry, producer=producer, advance=advance, **kwargs)
