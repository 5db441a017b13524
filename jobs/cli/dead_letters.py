"""`dead_letters list`, `stats`, `show`: reading what failed for good."""

import argparse
from typing import Any

from django.core.management.base import CommandParser
from django.db.models import Count, Max, Q, QuerySet

from jobs.cli.command import Action
from jobs.cli.filters import add_letter_filters, add_limit, select_letters
from jobs.cli.output import Output
from jobs.cli.records import full_letter, letter_record
from jobs.dead_letters import get_letter
from jobs.models import DeadLetter

_COLUMNS = ("id", "name", "queue", "error_type", "error", "retryable", "attempts", "failed_at", "resolution")
_GROUP = ("queue", "task", "error_type")
_STATS = (*_GROUP, "letters", "retryable", "last_failed_at")


def _add_list_arguments(parser: CommandParser) -> None:
    add_letter_filters(parser)
    add_limit(parser)
    parser.add_argument("--all", action="store_true", help="those that were dealt with too")


def _list(output: Output, options: argparse.Namespace) -> None:
    letters = select_letters(options, closed=options.all)[: options.limit]
    records = [letter_record(letter) for letter in letters]
    if not output.as_json:
        records = [record | {"error": _short(record["error"])} for record in records]
    output.records(records, _COLUMNS, "No dead letter matches.")


def _stats(output: Output, options: argparse.Namespace) -> None:
    letters = select_letters(options)
    groups = _by_cause(letters)
    if output.as_json:
        totals = letters.order_by().aggregate(open=Count("id"), retryable=Count("id", Q(retryable=True)))
        output.json(totals | {"by_cause": groups})
    else:
        output.records(groups, _STATS, "No dead letter is open.")


def _by_cause(letters: "QuerySet[DeadLetter]") -> list[dict[str, Any]]:
    counted = (
        letters.order_by()
        .values(*_GROUP)
        .annotate(
            letters=Count("id"), retryable=Count("id", Q(retryable=True)), last_failed_at=Max("failed_at")
        )
    )
    return [dict(group) for group in counted.order_by("-letters", *_GROUP)]


def _add_id(parser: CommandParser) -> None:
    parser.add_argument("id", type=int, metavar="ID")


def _show(output: Output, options: argparse.Namespace) -> None:
    output.record(full_letter(get_letter(options.id)))


def _short(text: str) -> str:
    first = (text.splitlines() or [""])[0]
    return first if len(first) <= 60 else f"{first[:59]}…"


LIST = Action(
    "list",
    "List open dead letters, newest first.",
    "dead_letters list --queue orders --retryable --since 1d",
    _list,
    _add_list_arguments,
)
STATS = Action(
    "stats",
    "Count open dead letters by queue, task and error.",
    "dead_letters stats --since 7d",
    _stats,
    add_letter_filters,
)
SHOW = Action("show", "Show a letter with payload and traceback.", "dead_letters show 17", _show, _add_id)
