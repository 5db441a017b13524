"""`jobs cancel`: one or several jobs by id, running ones too."""

import argparse
from typing import Any

from django.core.management.base import CommandParser

from jobs.cli.command import Action
from jobs.cli.durations import parse_duration
from jobs.cli.moving import add_ids, each
from jobs.cli.output import Output
from jobs.errors import IllegalMove, OptionRefused, StillRunning
from jobs.queries import get_job
from jobs.states import State
from jobs.store import moves
from jobs.waiting import wait_until_finished


def _add_arguments(parser: CommandParser) -> None:
    add_ids(parser)
    parser.add_argument("--reason", default="cancelled by hand", help="kept with the job")
    parser.add_argument("--wait", action="store_true", help="until running jobs have ended")
    parser.add_argument("--timeout", type=parse_duration, metavar="TIME", help="with --wait: at most so long")


def _cancel(output: Output, options: argparse.Namespace) -> None:
    if options.timeout is not None and not options.wait:
        raise OptionRefused("--timeout", "goes together with --wait")

    def cancel(uid: str) -> Any:
        cancellation = moves.cancel(uid, options.reason)
        return _ended(uid, options.timeout) if cancellation.running and options.wait else cancellation

    each(output, options.ids, cancel)


def _ended(uid: str, timeout: float | None) -> str:
    """How a run ended that was asked to."""
    if not wait_until_finished(uid, timeout):
        raise StillRunning(f"It was asked to end and still runs after {timeout:g} s.")
    job = get_job(uid)
    if job.state != State.CANCELLED:
        raise IllegalMove(f"It {job.state} before it could be cancelled.")
    return f"cancelled: {job.reason}"


CANCEL = Action(
    "cancel", "Cancel jobs; running ones are asked to end, then interrupted, then killed.",
    "jobs cancel ID --reason 'wrong wallet' --wait", _cancel, _add_arguments,
)  # fmt: skip
