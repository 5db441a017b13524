"""`schedules list`, `run`, `enable`, `disable`: the rows of django-celery-beat."""

import argparse
import json
from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import CommandParser
from django.db import transaction
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from jobs import audit
from jobs.cli.command import Action
from jobs.cli.output import Output
from jobs.cli.records import job_record
from jobs.errors import OptionRefused, UnknownName
from jobs.names import resolve_task
from jobs.queries import get_job

_COLUMNS = ("name", "task", "schedule", "enabled", "last_run_at", "next_run_at", "runs")


def _list(output: Output, _: argparse.Namespace) -> None:
    rows = PeriodicTask.objects.order_by("name")
    output.records([_record(row) for row in rows], _COLUMNS, "There is no schedule.")


def _run(output: Output, options: argparse.Namespace) -> None:
    row = _find(options.name)
    chosen: dict[str, Any] = {"queue": row.queue, "periodic_task_name": row.name}
    with transaction.atomic():
        result = resolve_task(row.task).apply_async(_json(row, "args"), _json(row, "kwargs"), **chosen)
        audit.record("run schedule", f"schedule {row.name}", job=result.id)
    output.say(f"Enqueued {row.task} {result.id} for {row.name!r}", job_record(get_job(result.id)))


def _enable(output: Output, options: argparse.Namespace) -> None:
    _switch(output, options.name, enabled=True)


def _disable(output: Output, options: argparse.Namespace) -> None:
    _switch(output, options.name, enabled=False)


def _switch(output: Output, name: str, *, enabled: bool) -> None:
    row = _find(name)
    row.enabled = enabled
    with transaction.atomic():
        row.save()  # tells beat that the schedules changed
        audit.record("enable schedule" if enabled else "disable schedule", f"schedule {row.name}")
    output.say(f"{row.name!r} is {'enabled' if enabled else 'disabled'}.", _record(row))


def _find(name: str) -> PeriodicTask:
    row = PeriodicTask.objects.filter(name=name).first()
    if row is None:
        raise UnknownName("schedule", name, list(PeriodicTask.objects.values_list("name", flat=True)))
    return row


def _json(row: PeriodicTask, field: str) -> Any:
    try:
        return json.loads(getattr(row, field) or "null")
    except json.JSONDecodeError as error:
        raise OptionRefused(field, f"of the schedule {row.name!r} is no JSON: {error}") from None


def _record(row: PeriodicTask) -> dict[str, Any]:
    return {
        "name": row.name, "task": row.task, "queue": row.queue, "schedule": str(row.scheduler),
        "enabled": row.enabled, "last_run_at": row.last_run_at, "next_run_at": _next(row),
        "runs": row.total_run_count, "args": row.args, "data": row.kwargs, "description": row.description,
    }  # fmt: skip


def _next(row: PeriodicTask) -> datetime | None:
    if not row.enabled:
        return None
    left: timedelta = row.schedule.remaining_estimate(row.last_run_at or timezone.now())
    return timezone.now() + max(left, timedelta())


def _add_name(parser: CommandParser) -> None:
    parser.add_argument("name", metavar="NAME", help="the schedule's name, as `schedules list` gives it")


LIST = Action("list", "List the schedules with their last and next runs.", "schedules list", _list)
RUN = Action("run", "Enqueue a schedule's job now.", "schedules run 'sync orders hourly'", _run, _add_name)
ENABLE = Action("enable", "Let a schedule tick.", "schedules enable NAME", _enable, _add_name)
DISABLE = Action("disable", "Stop a schedule's ticks.", "schedules disable NAME", _disable, _add_name)
