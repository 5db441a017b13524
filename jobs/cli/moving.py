"""`jobs retry` and `jobs promote`: one or several jobs by id."""

import argparse
from collections.abc import Callable, Iterable

from django.core.management.base import CommandError, CommandParser

from jobs.cli.command import Action
from jobs.cli.exits import Exit, explain
from jobs.cli.output import Output
from jobs.errors import JobError
from jobs.store import moves

Move = Callable[[str], object]


def add_ids(parser: CommandParser) -> None:
    parser.add_argument("ids", nargs="+", metavar="ID")


def _retry(output: Output, options: argparse.Namespace) -> None:
    each(output, options.ids, moves.retry, "waits again")


def _promote(output: Output, options: argparse.Namespace) -> None:
    each(output, options.ids, moves.promote, "may run now")


def each(output: Output, ids: Iterable[str], move: Move, done: str = "") -> None:
    """Do it to each, go on after a refusal, and tell all of it; CommandError when any was refused.

    What is told about each is `done`, or else what the move answers.
    """
    refused: dict[str, str] = {}
    code = Exit.COMPLETED
    moved: dict[str, str] = {}
    for uid in ids:
        try:
            answer = move(uid)
            moved[uid] = done or str(answer)
        except JobError as error:
            refused[uid], code = explain(error) or (str(error), Exit.REFUSED)
    if output.as_json:
        output.json({"done": list(moved), "refused": refused})
    else:
        for uid, told in moved.items():
            output.say(f"{uid} {told}")
    if refused:
        raise CommandError("\n".join(f"{uid}: {why}" for uid, why in refused.items()), returncode=code)


RETRY = Action("retry", "Let failed or cancelled jobs run again.", "jobs retry ID ID", _retry, add_ids)
PROMOTE = Action("promote", "Let delayed jobs run now.", "jobs promote ID", _promote, add_ids)
