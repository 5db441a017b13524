"""The filters that lists and bulk actions share: options of the command line, and what they select."""

import argparse
from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import CommandParser
from django.db.models import Q, QuerySet
from django.utils import timezone

from jobs.cli.durations import parse_duration
from jobs.configuration import queue_book
from jobs.models import DeadLetter, Job
from jobs.states import State

LIMIT = 20


def add_common(parser: CommandParser, since: str) -> None:
    """Options that jobs and dead letters share; `since` says what the age counts from."""
    parser.add_argument("--queue", metavar="QUEUE", help="only this queue")
    parser.add_argument("--name", metavar="TASK", help="only this task, by its short or full name")
    parser.add_argument("--tag", metavar="TAG", help="only with this tag")
    parser.add_argument(
        "--since", type=parse_duration, metavar="AGE", help=f"only those {since} within the last e.g. 2h"
    )
    parser.add_argument(
        "--older-than", type=parse_duration, metavar="AGE", help=f"only those {since} longer ago than e.g. 7d"
    )


def add_limit(parser: CommandParser) -> None:
    """How many rows a list shows."""
    parser.add_argument(
        "--limit", type=positive, default=LIMIT, metavar="N", help=f"at most (default {LIMIT})"
    )


def add_job_filters(parser: CommandParser) -> None:
    """Filters of jobs."""
    add_common(parser, "enqueued")
    parser.add_argument("--state", choices=[str(state) for state in State], help="only in this state")


def add_letter_filters(parser: CommandParser) -> None:
    """Filters of dead letters."""
    add_common(parser, "failed")
    parser.add_argument("--error", metavar="TYPE", help="only with this type of error, e.g. TimeoutError")
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--retryable", dest="retryable", action="store_const", const=True, default=None)
    group.add_argument("--not-retryable", dest="retryable", action="store_const", const=False)


def select_jobs(options: argparse.Namespace) -> "QuerySet[Job]":
    """The jobs that the options describe, newest first. UnknownName for a queue that is not declared."""
    rows = Job.objects.filter(_common(options, "created_at")).order_by("-id")
    return rows.filter(state=options.state) if options.state else rows


def select_letters(options: argparse.Namespace, *, closed: bool = False) -> "QuerySet[DeadLetter]":
    """The open letters (with `closed`: all) that the options describe, newest first."""
    rows = DeadLetter.objects.filter(_common(options, "failed_at")).order_by("-id")
    if not closed:
        rows = rows.filter(resolution="")
    if options.error:
        rows = rows.filter(Q(error_type=options.error) | Q(error_type__endswith=f".{options.error}"))
    return rows if options.retryable is None else rows.filter(retryable=options.retryable)


def chosen(options: argparse.Namespace) -> bool:
    """Whether any filter was given: bulk actions want one, or an explicit --all."""
    names = ("queue", "name", "tag", "since", "older_than", "error", "retryable")
    return any(getattr(options, name, None) is not None for name in names)


def positive(text: str) -> int:
    """A whole number of at least 1, for argparse."""
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number of at least 1, got {text!r}")
    return number


def _common(options: argparse.Namespace, moment: str) -> Q:
    wanted = Q()
    if options.queue:
        wanted &= Q(queue__in=queue_book().parts_of(options.queue))
    if options.name:
        name = options.name.replace("-", "_")
        wanted &= Q(task=name) | Q(task__endswith=f".{name}")
    if options.tag:
        wanted &= Q(tags__contains=[options.tag])
    return wanted & Q(**_age(options, moment))


def _age(options: argparse.Namespace, moment: str) -> dict[str, Any]:
    limits: dict[str, datetime] = {}
    now = timezone.now()
    if options.since is not None:
        limits[f"{moment}__gte"] = now - timedelta(seconds=options.since)
    if options.older_than is not None:
        limits[f"{moment}__lt"] = now - timedelta(seconds=options.older_than)
    return limits
