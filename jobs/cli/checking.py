"""`jobs check`: is the configuration sound, and could this build run what waits?"""

import argparse
from dataclasses import asdict

from django.core.management.base import CommandError

from jobs.checks import declared_faults
from jobs.cli.command import Action
from jobs.cli.exits import Exit
from jobs.cli.output import Output
from jobs.cli.unrunnable import Group, unrunnable_jobs


def _run(output: Output, _: argparse.Namespace) -> None:
    configuration = [fault.sentence for fault in declared_faults()]
    groups = unrunnable_jobs()
    count = len(configuration) + sum(group.jobs for group in groups)
    if output.as_json:
        output.json({"configuration": configuration, "jobs": [asdict(group) for group in groups]})
    else:
        for sentence in [*configuration, *map(_sentence, groups)]:
            output.say(sentence)
    if count:
        raise CommandError(f"{count} faults.", returncode=Exit.FAILED)
    if not output.as_json:
        output.say("No faults: the configuration is sound, and every job that waits could run.")


def _sentence(group: Group) -> str:
    which = f"{group.jobs} waiting jobs of {group.task}"
    return f"{which}: {group.problem} (for example {', '.join(group.examples)})"


CHECK = Action(
    "check",
    "Find faults of the configuration and waiting jobs that this build could not run.",
    "jobs check",
    _run,
)
