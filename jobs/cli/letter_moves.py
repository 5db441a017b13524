"""`dead_letters retry`, `discard`, `purge`: by id, or all that match a filter."""

import argparse
from collections.abc import Iterable

from django.core.management.base import CommandParser

from jobs import dead_letters
from jobs.cli.command import Action
from jobs.cli.durations import in_words, parse_duration
from jobs.cli.filters import add_letter_filters, chosen, select_letters
from jobs.cli.moving import each
from jobs.cli.output import Output
from jobs.cli.payload import parse_data
from jobs.configuration import queue_book
from jobs.errors import OptionRefused

_BY = "manage.py"


def _add_choice(parser: CommandParser) -> None:
    parser.add_argument("ids", nargs="*", type=int, metavar="ID", help="these letters; else a filter")
    parser.add_argument("--all", action="store_true", help="every open letter")
    add_letter_filters(parser)


def _add_discard(parser: CommandParser) -> None:
    _add_choice(parser)
    parser.add_argument("--reason", required=True, help="why; kept with the letter")


def _add_retry(parser: CommandParser) -> None:
    _add_choice(parser)
    parser.add_argument("--data", metavar="JSON", help="an edited payload, for one ID; @file, or - for stdin")


def _retry(output: Output, options: argparse.Namespace) -> None:
    if options.data is not None:
        if len(options.ids) != 1:
            raise OptionRefused("--data", "goes with exactly one ID")
        uid = dead_letters.retry(options.ids[0], _BY, parse_data(options.data))
        output.say(f"{options.ids[0]} retried as {uid}", {"done": [str(options.ids[0])], "job": uid})
        return
    each(output, _chosen(options), lambda letter: dead_letters.retry(int(letter), _BY), "retried")


def _discard(output: Output, options: argparse.Namespace) -> None:
    reason = options.reason.strip()
    if not reason:
        raise OptionRefused("--reason", "must say something")
    each(output, _chosen(options), lambda letter: dead_letters.discard(int(letter), reason, _BY), "discarded")


def _chosen(options: argparse.Namespace) -> Iterable[str]:
    """The ids, oldest letter first. OptionRefused when nothing, or ids and a filter, were given."""
    ways = [bool(options.ids), chosen(options) or options.all]
    if sum(ways) != 1:
        raise OptionRefused("ID", "give ids, or a filter such as --queue, or --all")
    if options.ids:
        return [str(letter) for letter in options.ids]
    return [str(pk) for pk in select_letters(options).order_by("id").values_list("pk", flat=True)]


def _add_purge(parser: CommandParser) -> None:
    parser.add_argument("--older-than", type=parse_duration, required=True, metavar="AGE", help="e.g. 30d")
    parser.add_argument("--queue", metavar="QUEUE", help="only of this queue")


def _purge(output: Output, options: argparse.Namespace) -> None:
    queue = queue_book().part(options.queue).name if options.queue else ""
    count = dead_letters.purge(options.older_than, queue)
    age = in_words(options.older_than)
    output.say(f"Deleted {count} dead letters older than {age}.", {"deleted": count})


RETRY = Action(
    "retry",
    "Run the jobs of dead letters again; each is retried once, however many ask.",
    "dead_letters retry --queue orders --error TimeoutError",
    _retry,
    _add_retry,
)
DISCARD = Action(
    "discard",
    "Close dead letters for good, with a reason.",
    "dead_letters discard 17 18 --reason 'test data'",
    _discard,
    _add_discard,
)
PURGE = Action(
    "purge",
    "Delete dead letters by age, open or not.",
    "dead_letters purge --older-than 30d",
    _purge,
    _add_purge,
)
