"""`jobs check`: is the configuration sound, and could this build run what waits?"""

import argparse
from collections.abc import Iterator
from typing import Any

from django.core.management.base import CommandError

from jobs.arguments import signature_of
from jobs.checks import declared_faults
from jobs.cli.command import Action
from jobs.cli.exits import Exit
from jobs.cli.output import Output
from jobs.configuration import queue_book
from jobs.encryption import KeyMissing
from jobs.errors import ArgumentsRefused, UnknownName
from jobs.models import Job
from jobs.names import registered_tasks
from jobs.secret_fields import opened

_TO_COME = ("waiting", "delayed", "blocked")


def _run(output: Output, _: argparse.Namespace) -> None:
    configuration = [fault.sentence for fault in declared_faults()]
    jobs = _unrunnable()
    count = len(configuration) + sum(group["jobs"] for group in jobs)
    if output.as_json:
        output.json({"configuration": configuration, "jobs": jobs})
    else:
        for sentence in [*configuration, *(_sentence(group) for group in jobs)]:
            output.say(sentence)
    if count:
        raise CommandError(f"{count} faults.", returncode=Exit.FAILED)
    if not output.as_json:
        output.say("No faults: the configuration is sound, and every job that waits could run.")


def _unrunnable() -> list[dict[str, Any]]:
    """Jobs to come that this build could not run, grouped by task and problem."""
    groups: dict[tuple[str, str], dict[str, Any]] = {}
    for uid, task, problem in _problems():
        new = {"task": task, "problem": problem, "jobs": 0, "example": uid}
        groups.setdefault((task, problem), new)["jobs"] += 1
    return list(groups.values())


def _problems() -> Iterator[tuple[str, str, str]]:
    rows = Job.objects.filter(state__in=_TO_COME).order_by("id")
    columns = rows.values_list("uid", "queue", "task", "args", "kwargs")
    tasks, book = registered_tasks(), queue_book()
    for uid, queue, task, args, kwargs in columns.iterator(chunk_size=1000):
        if queue not in book:
            yield uid, task, str(UnknownName("queue", queue, book.names))
        if task not in tasks:
            yield uid, task, str(UnknownName("task", task, sorted(tasks)))
        elif problem := _misfit(tasks[task], args, kwargs):
            yield uid, task, problem


def _misfit(task: Any, args: list[Any], kwargs: dict[str, Any]) -> str:
    if not task.typing:
        return ""
    try:
        signature_of(task).check(*opened(task, args, kwargs))
    except (ArgumentsRefused, KeyMissing) as error:
        return str(error)
    return ""


def _sentence(group: dict[str, Any]) -> str:
    which = f"{group['jobs']} waiting jobs of {group['task']}"
    return f"{which}: {group['problem']} (for example {group['example']})"


CHECK = Action(
    "check",
    "Find faults of the configuration and waiting jobs that this build could not run.",
    "jobs check",
    _run,
)
