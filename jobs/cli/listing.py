"""`jobs list` and `jobs show`."""

import argparse
from typing import Any

from django.core.management.base import CommandParser

from jobs.cli.command import Action
from jobs.cli.filters import add_job_filters, add_limit, select_jobs
from jobs.cli.output import Output
from jobs.cli.records import full_record, job_record, percent
from jobs.models import Job
from jobs.queries import get_job

_COLUMNS = ("id", "name", "queue", "state", "priority", "attempt", "progress", "created_at")


def _add_filters(parser: CommandParser) -> None:
    add_job_filters(parser)
    add_limit(parser)


def _list(output: Output, options: argparse.Namespace) -> None:
    jobs = select_jobs(options).defer("args", "kwargs", "options", "canvas")[: options.limit]
    output.records([_row(output, job) for job in jobs], _COLUMNS, "No job matches.")


def _row(output: Output, job: Job) -> dict[str, Any]:
    record = job_record(job)
    return record if output.as_json else record | {"progress": percent(job.progress)}


def _add_id(parser: CommandParser) -> None:
    parser.add_argument("id", metavar="ID")


def _show(output: Output, options: argparse.Namespace) -> None:
    output.record(full_record(get_job(options.id)))


LIST = Action(
    "list",
    "List jobs, newest first.",
    "jobs list --queue orders --state failed --since 2h",
    _list,
    _add_filters,
)
SHOW = Action(
    "show",
    "Show a job with its payload, attempts, result and error.",
    "jobs show 01890a5d-ac96-774b-bcce-b302099a8057 --json",
    _show,
    _add_id,
)
