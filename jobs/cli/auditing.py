"""`audit list`, `verify`: who did what, and whether the trail is whole."""

import argparse

from django.core.management.base import CommandError, CommandParser

from jobs.audit import first_broken
from jobs.cli.command import Action
from jobs.cli.exits import Exit
from jobs.cli.filters import add_limit
from jobs.cli.output import Output
from jobs.queries.audit import find_entries

_FIELDS = ("number", "at", "actor", "action", "target", "detail", "digest")
_COLUMNS = ("number", "at", "actor", "action", "target")


def _add_list(parser: CommandParser) -> None:
    parser.add_argument("--actor", default="", help="only of this actor, in full")
    parser.add_argument("--target", default="", help="only about this target, e.g. 'job ID'")
    add_limit(parser)


def _list(output: Output, options: argparse.Namespace) -> None:
    rows, _ = find_entries(None, options.limit, actor=options.actor, target=options.target)
    records = [{name: getattr(row, name) for name in _FIELDS} for row in rows]
    output.records(records, _COLUMNS, "Nothing was recorded.")


def _verify(output: Output, _: argparse.Namespace) -> None:
    broken, count, digest = first_broken()
    told = {"broken": broken, "entries": count, "digest": digest}
    if broken is None:
        output.say(f"{count} entries, none changed. The last digest is {digest}.", told)
        return
    if output.as_json:
        output.json(told)
    raise CommandError(f"Entry {broken} is not as it was written.", returncode=Exit.FAILED)


LIST = Action("list", "List the audit trail, newest first.", "audit list --actor operator", _list, _add_list)
VERIFY = Action(
    "verify",
    "Check that no entry was changed or taken out; names the first that was.",
    "audit verify",
    _verify,
)
