"""Firing what is due: the jobs, the history and the progress of a schedule in one transaction.

Whoever holds the schedule's row fires its ticks, so each is dealt with once, however many beats there are and
wherever one dies. All times are the database's.
"""

import json
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from celery import current_app
from django.db import connection, transaction
from django.db.models import F
from django_celery_beat.models import PeriodicTask

from jobs import audit
from jobs.enqueue import prepare
from jobs.errors import OptionRefused, Refused
from jobs.models import Job, ScheduledRun, SchedulePolicy
from jobs.names import resolve_task
from jobs.scheduling.identity import tick_id
from jobs.scheduling.policy import Missed, Overlap, Planned, jitter_of, plan
from jobs.scheduling.ticks import due_between, next_after
from jobs.states import TERMINAL
from jobs.store.following import run_after

logger = logging.getLogger(__name__)

_HISTORY = 500  # ticks of a schedule that are remembered


def database_now() -> datetime:
    """The one clock that every beat goes by."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
    return now


def fire(schedule_id: int, now: datetime) -> bool:
    """Deal with the ticks of a schedule up to `now`; False when another beat does or has done it."""
    with transaction.atomic():
        policy = (
            SchedulePolicy.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(pk=schedule_id, next_due__lte=now, schedule__enabled=True)
            .first()
        )
        if policy is None:
            return False
        schedule = PeriodicTask.objects.get(pk=schedule_id)
        ticks = due_between(schedule.schedule, policy.checked_until or now, now)
        wanted = [tick for tick in ticks if _within(schedule, tick)]
        fired = [
            _fire_tick(schedule, policy, one, now)
            for one in plan(wanted, now, Missed(policy.missed), policy.window)
        ]
        _advance(schedule, policy, fired, now)
    return True


def fire_by_hand(schedule: PeriodicTask) -> ScheduledRun:
    """Enqueue a schedule's job now, beside its ticks. Raises a `Refused` error when that cannot be."""
    with transaction.atomic():
        now = database_now()
        result = _enqueue(schedule, {})
        audit.record("run schedule", f"schedule {schedule.name}", job=str(result.id))
        return ScheduledRun.objects.create(
            schedule=schedule, due=now, fired_at=now, outcome="enqueued", by_hand=True, job_uid=result.id
        )


def _within(schedule: PeriodicTask, tick: datetime) -> bool:
    started = schedule.start_time is None or tick >= schedule.start_time
    return started and (schedule.expires is None or tick < schedule.expires)


def _fire_tick(schedule: PeriodicTask, policy: SchedulePolicy, tick: Planned, now: datetime) -> ScheduledRun:
    run = ScheduledRun(schedule=schedule, due=tick.due, fired_at=now, outcome="missed", reason=tick.missed)
    if not tick.missed:
        _decide(schedule, policy, run)
    ScheduledRun.objects.bulk_create([run], ignore_conflicts=True)
    return run


def _decide(schedule: PeriodicTask, policy: SchedulePolicy, run: ScheduledRun) -> None:
    live = [] if policy.overlap == Overlap.ALLOW else _live(schedule)
    room = 2 if policy.overlap == Overlap.QUEUE_ONE else 1
    if len(live) >= room:
        run.outcome, run.reason = "skipped", f"job {live[0]} of an earlier tick has not ended"
        return
    try:
        with transaction.atomic():
            later = jitter_of(schedule.name, run.due, policy.jitter) if policy.jitter else None
            result = _enqueue(schedule, {"task_id": tick_id(schedule.name, run.due), "countdown": later})
            if live and result.created:
                run_after(str(result.id), live[0])
    except Refused as error:
        run.outcome, run.reason = "skipped", str(error)
        logger.warning("the schedule %r enqueued nothing: %s", schedule.name, error)
        return
    run.outcome, run.job_uid = "enqueued", str(result.id)
    if not result.created:
        run.reason = f"{result.answer.happened} a job that was there already"


def _live(schedule: PeriodicTask) -> list[str]:
    """The ids of the schedule's jobs that have not ended, oldest first."""
    uids = ScheduledRun.objects.filter(schedule=schedule).exclude(job_uid="").values("job_uid")
    rows = Job.objects.filter(uid__in=uids).exclude(state__in=[str(state) for state in TERMINAL])
    return list(rows.order_by("id").values_list("uid", flat=True))


def refusal_of(schedule: PeriodicTask) -> str:
    """Why its job would not be enqueued; empty when it would."""
    try:
        task, args, kwargs, options = _call(schedule, {})
        prepare(task, args, kwargs, options)
    except Refused as error:
        return str(error)
    return ""


def _enqueue(schedule: PeriodicTask, options: dict[str, Any]) -> Any:
    task, args, kwargs, chosen = _call(schedule, options)
    return task.apply_async(args, kwargs, **chosen)


def _call(schedule: PeriodicTask, options: dict[str, Any]) -> tuple[Any, Any, Any, dict[str, Any]]:
    """The task, its arguments and the options of the call. A `Refused` error for what is no call."""
    given: dict[str, Any] = {"queue": schedule.queue, "priority": schedule.priority}
    if schedule.expire_seconds:
        given["expires"] = schedule.expire_seconds
    given |= options | {"periodic_task_name": schedule.name, "headers": _json(schedule, "headers") or None}
    chosen = {name: value for name, value in given.items() if value is not None}
    task = current_app.tasks.get(schedule.task) or resolve_task(schedule.task)
    return task, _json(schedule, "args") or [], _json(schedule, "kwargs") or {}, chosen


def _json(schedule: PeriodicTask, field: str) -> Any:
    of = f"of the schedule {schedule.name!r}"
    try:
        value = json.loads(getattr(schedule, field) or "null")
    except json.JSONDecodeError as error:
        raise OptionRefused(field, f"{of} is no JSON: {error}") from None
    if value and not isinstance(value, list if field == "args" else dict):
        raise OptionRefused(
            field, f"{of} must be {'a list' if field == 'args' else 'an object'}, got {value!r}"
        )
    return value


def _advance(
    schedule: PeriodicTask, policy: SchedulePolicy, fired: Sequence[ScheduledRun], now: datetime
) -> None:
    enqueued = [run for run in fired if run.outcome == "enqueued"]
    if enqueued:
        PeriodicTask.objects.filter(pk=schedule.pk).update(
            last_run_at=enqueued[-1].due,
            total_run_count=F("total_run_count") + len(enqueued),
            enabled=not schedule.one_off,
        )
    policy.checked_until = now
    policy.next_due = next_due(schedule, now)
    policy.save(update_fields=["checked_until", "next_due"])
    _forget_history(schedule)


def next_due(schedule: PeriodicTask, after: datetime) -> datetime | None:
    """The schedule's next tick; None when it is disabled or has no more."""
    if not schedule.enabled:
        return None
    if schedule.start_time and schedule.start_time > after:
        after = schedule.start_time - timedelta(microseconds=1)
    tick = next_after(schedule.schedule, after)
    return tick if tick and (schedule.expires is None or tick < schedule.expires) else None


def _forget_history(schedule: PeriodicTask) -> None:
    runs = ScheduledRun.objects.filter(schedule=schedule).order_by("-id").values_list("id", flat=True)
    last = list(runs[_HISTORY : _HISTORY + 1])
    if last:
        ScheduledRun.objects.filter(schedule=schedule, id__lte=last[0]).delete()
