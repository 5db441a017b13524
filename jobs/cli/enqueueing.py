"""`jobs enqueue`."""

import argparse
from typing import Any

from django.core.management.base import CommandParser

from jobs.cli.command import Action
from jobs.cli.dedup_modes import MODES_HELP, parse_mode
from jobs.cli.durations import parse_duration
from jobs.cli.following import follow
from jobs.cli.output import Output
from jobs.cli.payload import parse_data
from jobs.cli.records import job_record
from jobs.errors import OptionRefused
from jobs.names import resolve_task
from jobs.queries import get_job


def _add_arguments(parser: CommandParser) -> None:
    parser.add_argument("name", metavar="NAME", help="the task: short or full name, hyphens or underscores")
    parser.add_argument("--data", default="{}", metavar="JSON", help="its arguments; @file, or - for stdin")
    parser.add_argument("--queue", metavar="QUEUE", help="another queue than the task's own")
    parser.add_argument("--priority", metavar="P", help="0 to 10, or low, normal, high, critical")
    parser.add_argument("--delay", type=parse_duration, metavar="TIME", help="start after e.g. 30s or 2h")
    parser.add_argument("--dedup", metavar="KEY", help="at most one live job of the task with this key")
    parser.add_argument("--dedup-mode", type=parse_mode, metavar="MODE", help=MODES_HELP)
    parser.add_argument("--tags", metavar="A,B", help="separated by commas")
    parser.add_argument("--wait", action="store_true", help="show progress, print the result as JSON")
    parser.add_argument("--timeout", type=parse_duration, metavar="TIME", help="with --wait: at most so long")


def _run(output: Output, options: argparse.Namespace) -> None:
    if options.timeout is not None and not options.wait:
        raise OptionRefused("--timeout", "goes together with --wait")
    data = parse_data(options.data)
    task = resolve_task(options.name)
    result = task.using(**_options(options)).enqueue(**data)
    if options.wait:
        output.note(_sentence(result))
        follow(output, result.id, options.timeout)
    else:
        told = {"created": result.created, "happened": result.answer.happened}
        output.say(_sentence(result), job_record(get_job(result.id)) | told)


def _options(options: argparse.Namespace) -> dict[str, Any]:
    chosen = {
        "queue": options.queue,
        "priority": options.priority,
        "countdown": options.delay,
        "unique_key": options.dedup,
        "unique": options.dedup_mode,
        "tags": [tag.strip() for tag in options.tags.split(",") if tag.strip()] if options.tags else None,
    }
    return {name: value for name, value in chosen.items() if value is not None}


_HAPPENED = {
    "created": "Enqueued",
    "met": "Met the existing",
    "replaced": "Replaced the payload of the existing",
}


def _sentence(result: Any) -> str:
    job = get_job(result.id)
    how = _HAPPENED[result.answer.happened]
    return f"{how} {job.short_task} {job.uid} ({job.queue}, {job.state}, priority {job.priority})"


ENQUEUE = Action(
    "enqueue",
    "Enqueue a job; nothing is stored when its name, data or options are wrong.",
    """jobs enqueue sync_wallet --data '{"address": "..."}' --priority high --wait""",
    _run,
    _add_arguments,
)
