"""`schedules list`, `run`, `enable`, `disable`: the rows of django-celery-beat."""

import argparse
from typing import Any

from django.core.management.base import CommandParser

from jobs.cli.command import Action
from jobs.cli.output import Output
from jobs.cli.records import job_record
from jobs.queries import get_job
from jobs.scheduling.firing import fire_by_hand
from jobs.scheduling.listing import ScheduleFacts, find_schedule, schedule_named, schedules, switch

_COLUMNS = (
    "name",
    "task",
    "schedule",
    "enabled",
    "next_run_at",
    "last_run_at",
    "last_job",
    "missed",
    "skipped",
)


def _list(output: Output, _: argparse.Namespace) -> None:
    output.records([_record(facts) for facts in schedules()], _COLUMNS, "There is no schedule.")


def _run(output: Output, options: argparse.Namespace) -> None:
    schedule = find_schedule(options.name)
    run = fire_by_hand(schedule)
    output.say(
        f"Enqueued {schedule.task} {run.job_uid} for {schedule.name!r}", job_record(get_job(run.job_uid))
    )


def _enable(output: Output, options: argparse.Namespace) -> None:
    _switch(output, options.name, enabled=True)


def _disable(output: Output, options: argparse.Namespace) -> None:
    _switch(output, options.name, enabled=False)


def _switch(output: Output, name: str, *, enabled: bool) -> None:
    switch(name, enabled=enabled)
    output.say(f"{name!r} is {'enabled' if enabled else 'disabled'}.", _record(schedule_named(name)))


def _record(facts: ScheduleFacts) -> dict[str, Any]:
    policy, last = facts.policy, facts.last
    return {
        "name": facts.name, "task": facts.task, "queue": facts.queue, "schedule": facts.times,
        "enabled": facts.enabled, "next_run_at": facts.next_due, "last_run_at": last.fired_at if last else None,
        "last_job": last.job_uid if last else "", "runs": facts.runs, "missed": facts.missed,
        "skipped": facts.skipped, "args": facts.args, "data": facts.data, "description": facts.description,
        "policy": {"missed": policy.missed, "window": policy.window, "overlap": policy.overlap,
                   "jitter": policy.jitter},
    }  # fmt: skip


def _add_name(parser: CommandParser) -> None:
    parser.add_argument("name", metavar="NAME", help="the schedule's name, as `schedules list` gives it")


LIST = Action("list", "List the schedules with their next, last and missed runs.", "schedules list", _list)
RUN = Action("run", "Enqueue a schedule's job now.", "schedules run 'sync orders hourly'", _run, _add_name)
ENABLE = Action("enable", "Let a schedule tick.", "schedules enable NAME", _enable, _add_name)
DISABLE = Action("disable", "Stop a schedule's ticks.", "schedules disable NAME", _disable, _add_name)
