"""`jobs set`: another priority, delay or payload for a job that has not started."""

import argparse

from django.core.management.base import CommandParser

from jobs.changes import change
from jobs.cli.command import Action
from jobs.cli.durations import parse_duration
from jobs.cli.output import Output
from jobs.cli.payload import parse_data
from jobs.cli.records import job_record
from jobs.errors import OptionRefused
from jobs.queries import get_job


def _add_arguments(parser: CommandParser) -> None:
    parser.add_argument("id", metavar="ID")
    parser.add_argument("--priority", metavar="P", help="0 to 10, or low, normal, high, critical")
    parser.add_argument("--delay", type=parse_duration, metavar="TIME", help="start after e.g. 30s; 0 is now")
    parser.add_argument("--data", metavar="JSON", help="the whole payload; @file, or - for stdin")


def _run(output: Output, options: argparse.Namespace) -> None:
    if options.priority is None and options.delay is None and options.data is None:
        raise OptionRefused("--priority", "give at least one of --priority, --delay and --data")
    data = None if options.data is None else parse_data(options.data)
    change(options.id, priority=options.priority, delay=options.delay, data=data)
    job = get_job(options.id)
    output.say(f"{job.uid} is {job.state} with priority {job.priority}.", job_record(job))


SET = Action(
    "set",
    "Change the priority, delay or payload of a job that has not started.",
    "jobs set ID --priority high",
    _run,
    _add_arguments,
)
