"""Schedules as operators see them: what comes next, what came last, what was missed; and their switch."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Q
from django_celery_beat.models import PeriodicTask

from jobs import audit
from jobs.configuration import queue_book
from jobs.errors import UnknownName
from jobs.models import ScheduledRun, SchedulePolicy
from jobs.names import short_name
from jobs.scheduling.firing import database_now, next_due


@dataclass(frozen=True)
class ScheduleFacts:
    """A schedule. `missed` and `skipped` count ticks of its history that enqueued nothing."""

    name: str
    task: str
    queue: str | None
    times: str
    enabled: bool
    description: str
    args: str
    data: str
    next_due: datetime | None
    last: ScheduledRun | None
    runs: int
    missed: int
    skipped: int
    policy: SchedulePolicy

    @property
    def short_task(self) -> str:
        """The task's name without its module."""
        return short_name(self.task)


def schedules() -> list[ScheduleFacts]:
    """Every schedule by its name."""
    rows = PeriodicTask.objects.select_related("policy", "crontab", "interval", "clocked", "solar")
    counted = rows.annotate(
        missed_ticks=Count("scheduled_runs", filter=Q(scheduled_runs__outcome="missed")),
        skipped_ticks=Count("scheduled_runs", filter=Q(scheduled_runs__outcome="skipped")),
    )
    last = {run.schedule_id: run for run in _last_runs()}
    now = database_now()
    return [_facts(row, last.get(row.pk), now) for row in counted.order_by("name")]


def schedule_named(name: str) -> ScheduleFacts:
    """One schedule. UnknownName with a suggestion when there is none."""
    row = find_schedule(name)
    return next(facts for facts in schedules() if facts.name == row.name)


def find_schedule(name: str) -> PeriodicTask:
    """The row. UnknownName with a suggestion when there is none."""
    row = PeriodicTask.objects.filter(name=name).first()
    if row is None:
        raise UnknownName("schedule", name, list(PeriodicTask.objects.values_list("name", flat=True)))
    return row


def queue_of(schedule: PeriodicTask) -> str:
    """The queue that a schedule's jobs go to."""
    return str(schedule.queue or queue_book().of_task(schedule.task).name)


def switch(name: str, *, enabled: bool) -> None:
    """Let a schedule tick, or stop its ticks. What it would have done while it was off is not made up for."""
    with transaction.atomic():
        row = find_schedule(name)
        row.enabled = enabled
        row.save()
        audit.record("enable schedule" if enabled else "disable schedule", f"schedule {name}")


def last_ticks(limit: int = 50) -> Sequence[ScheduledRun]:
    """What became of the latest ticks, newest first."""
    return list(ScheduledRun.objects.select_related("schedule").order_by("-id")[:limit])


def _last_runs() -> Sequence[ScheduledRun]:
    enqueued = ScheduledRun.objects.filter(outcome="enqueued")
    return list(enqueued.order_by("schedule_id", "-due").distinct("schedule_id"))


def _facts(row: PeriodicTask, last: ScheduledRun | None, now: datetime) -> ScheduleFacts:
    return ScheduleFacts(
        name=row.name,
        task=row.task,
        queue=row.queue,
        times=str(row.scheduler),
        enabled=row.enabled,
        description=row.description,
        args=row.args,
        data=row.kwargs,
        next_due=next_due(row, now),
        last=last,
        runs=row.total_run_count,
        missed=row.missed_ticks,
        skipped=row.skipped_ticks,
        policy=getattr(row, "policy", None) or SchedulePolicy(schedule=row),
    )
