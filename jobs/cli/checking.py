"""`jobs check`: is the configuration sound, and could this build run what is to come?"""

import argparse
from dataclasses import asdict

from django.core.management.base import CommandError

from jobs.checks import declared_faults
from jobs.cli.command import Action
from jobs.cli.exits import Exit
from jobs.cli.output import Output
from jobs.cli.unrunnable import Group, unrunnable_jobs, unrunnable_schedules


def _run(output: Output, _: argparse.Namespace) -> None:
    configuration = [fault.sentence for fault in declared_faults()]
    schedules, groups = unrunnable_schedules(), unrunnable_jobs()
    count = len(configuration) + len(schedules) + sum(group.jobs for group in groups)
    if output.as_json:
        told = [asdict(group) for group in groups]
        output.json({"configuration": configuration, "schedules": schedules, "jobs": told})
    else:
        for sentence in [*configuration, *schedules, *map(_sentence, groups)]:
            output.say(sentence)
    if count:
        raise CommandError(f"{count} faults.", returncode=Exit.FAILED)
    if not output.as_json:
        output.say("No faults: the configuration is sound, and every job to come could run.")


def _sentence(group: Group) -> str:
    which = f"{group.jobs} jobs of {group.task} that have not ended"
    return f"{which}: {group.problem} (for example {', '.join(group.examples)})"


CHECK = Action(
    "check",
    "Find faults of the configuration, and jobs, later steps and schedules that this build could not run.",
    "jobs check",
    _run,
)
