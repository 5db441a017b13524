"""Schedules as declared: rows of django-celery-beat are made of them once, and never overwritten.

The settings import this module, so Django's models are imported where they are used.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from jobs.scheduling.policy import Missed, Overlap

_FIELDS = ("minute", "hour", "day_of_month", "month_of_year", "day_of_week")


@dataclass(frozen=True)
class Schedule:
    """A task that runs by the clock. `crontab` has the five usual fields, on a wall clock in `timezone`.

    `window` and `jitter` are seconds; see `jobs.scheduling.policy` for what `missed` and `overlap` do.
    """

    name: str
    task: str
    crontab: str
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    timezone: str = "UTC"
    missed: Missed = Missed.ONE
    window: float = 3600.0
    overlap: Overlap = Overlap.ALLOW
    jitter: float = 0.0

    def times(self) -> dict[str, str]:
        """The crontab's fields by their names in django-celery-beat. ValueError when there are not five."""
        fields = self.crontab.split()
        if len(fields) != len(_FIELDS):
            raise ValueError(f"schedule {self.name!r}: a crontab has five fields, got {self.crontab!r}")
        return dict(zip(_FIELDS, fields, strict=True))


def declared() -> Sequence[Schedule]:
    """Every schedule of `config/schedule.py`."""
    from django.conf import settings

    return tuple(getattr(settings, "JOBS_SCHEDULES", ()))


def make_rows(schedules: Sequence[Schedule]) -> list[str]:
    """Create the rows that are missing; answers with their names. What an operator edited stays."""
    from django_celery_beat.models import CrontabSchedule, PeriodicTask

    from jobs.configuration import queue_book
    from jobs.models import SchedulePolicy

    made = []
    for schedule in schedules:
        if PeriodicTask.objects.filter(name=schedule.name).exists():
            continue
        times, _ = CrontabSchedule.objects.get_or_create(**schedule.times(), timezone=schedule.timezone)
        row = PeriodicTask.objects.create(
            name=schedule.name,
            task=schedule.task,
            crontab=times,
            kwargs=json.dumps(dict(schedule.kwargs)),
            queue=queue_book().of_task(schedule.task).name,
        )
        SchedulePolicy.objects.create(
            schedule=row,
            missed=schedule.missed,
            window=schedule.window,
            overlap=schedule.overlap,
            jitter=schedule.jitter,
        )
        made.append(schedule.name)
    return made


def after_migrate(**_: Any) -> None:
    """Django's signal after `migrate`: the declared schedules have their rows."""
    make_rows(declared())
