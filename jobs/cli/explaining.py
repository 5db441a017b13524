"""`jobs explain`: why a job is where it is."""

import argparse

from django.core.management.base import CommandParser

from jobs.cli.command import Action
from jobs.cli.output import Output
from jobs.explaining import as_plain
from jobs.queries import get_job
from jobs.queries.explaining import explain_job


def _explain(output: Output, options: argparse.Namespace) -> None:
    job = get_job(options.id)
    reasons = explain_job(job)
    if output.as_json:
        output.json({"id": job.uid, "task": job.task, "state": job.state, "reasons": as_plain(reasons)})
        return
    output.say(f"{job.short_task} {job.uid} is {job.state}.")
    for reason in reasons:
        until = f" (until {reason.until:%Y-%m-%d %H:%M:%S} UTC)" if reason.until else ""
        advice = f" -> {reason.advice}" if reason.advice else ""
        output.say(f"  {reason.sentence}{until}{advice}")


def _add_id(parser: CommandParser) -> None:
    parser.add_argument("id", metavar="ID")


EXPLAIN = Action("explain", "Say why a job is where it is.", "jobs explain ID", _explain, _add_id)
