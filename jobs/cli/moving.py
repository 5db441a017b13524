"""`jobs cancel`, `jobs retry`, `jobs promote`: one or several jobs by id."""

import argparse
from collections.abc import Callable, Iterable

from django.core.management.base import CommandError, CommandParser

from jobs.cli.command import Action
from jobs.cli.exits import Exit, explain
from jobs.cli.output import Output
from jobs.errors import JobError
from jobs.store import moves

Move = Callable[[str], object]


def _add_ids(parser: CommandParser) -> None:
    parser.add_argument("ids", nargs="+", metavar="ID")


def _add_ids_and_reason(parser: CommandParser) -> None:
    _add_ids(parser)
    parser.add_argument("--reason", default="cancelled by hand", help="kept with the job")


def _cancel(output: Output, options: argparse.Namespace) -> None:
    each(output, options.ids, lambda uid: moves.cancel(uid, options.reason), "cancelled")


def _retry(output: Output, options: argparse.Namespace) -> None:
    each(output, options.ids, moves.retry, "waits again")


def _promote(output: Output, options: argparse.Namespace) -> None:
    each(output, options.ids, moves.promote, "may run now")


def each(output: Output, ids: Iterable[str], move: Move, done: str) -> None:
    """Do it to each, go on after a refusal, and tell all of it; CommandError when any was refused."""
    refused: dict[str, str] = {}
    code = Exit.COMPLETED
    moved: list[str] = []
    for uid in ids:
        try:
            move(uid)
            moved.append(uid)
        except JobError as error:
            refused[uid], code = explain(error) or (str(error), Exit.REFUSED)
    if output.as_json:
        output.json({"done": moved, "refused": refused})
    else:
        for uid in moved:
            output.say(f"{uid} {done}")
    if refused:
        raise CommandError("\n".join(f"{uid}: {why}" for uid, why in refused.items()), returncode=code)


CANCEL = Action(
    "cancel", "Cancel jobs that have not started.", "jobs cancel ID --reason 'wrong wallet'", _cancel,
    _add_ids_and_reason,
)  # fmt: skip
RETRY = Action("retry", "Let failed or cancelled jobs run again.", "jobs retry ID ID", _retry, _add_ids)
PROMOTE = Action("promote", "Let delayed jobs run now.", "jobs promote ID", _promote, _add_ids)
