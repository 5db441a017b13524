"""Keeping up with the schedules: new rows, edits, switches."""

from datetime import datetime

from django.db import transaction
from django_celery_beat.models import PeriodicTask

from jobs.models import SchedulePolicy
from jobs.scheduling.firing import next_due
from jobs.scheduling.policy import starting_point


def read_schedules(now: datetime) -> None:
    """Notice every schedule that is new or differs from what it was at the last look."""
    schedules = PeriodicTask.objects.select_related("policy", "crontab", "interval", "clocked", "solar")
    for schedule in schedules.order_by("pk"):
        policy = getattr(schedule, "policy", None)
        if policy is None or policy.definition != definition(schedule):
            _restart(schedule.pk, now)


def definition(schedule: PeriodicTask) -> str:
    """Everything that decides when a schedule ticks, as text."""
    parts = (schedule.scheduler, schedule.enabled, schedule.start_time, schedule.expires)
    return " | ".join(str(part) for part in parts)


def _restart(schedule_id: int, now: datetime) -> None:
    """Count the ticks of a changed schedule from the change on."""
    SchedulePolicy.objects.get_or_create(schedule_id=schedule_id)
    with transaction.atomic():
        policy = SchedulePolicy.objects.select_for_update().get(pk=schedule_id)
        schedule = PeriodicTask.objects.get(pk=schedule_id)
        if policy.definition == definition(schedule):
            return  # another beat has noticed
        changed_at = schedule.date_changed or now
        policy.checked_until = starting_point(policy.checked_until, changed_at, now)
        policy.definition = definition(schedule)
        policy.next_due = next_due(schedule, policy.checked_until)
        policy.save(update_fields=["checked_until", "definition", "next_due"])
