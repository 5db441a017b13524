"""`dead_letters process-retries`, `bulk-retry`, `bulk-show`, `bulk-stop`: letters that come back by a plan."""

import argparse
from datetime import timedelta

from django.core.management.base import CommandParser
from django.utils import timezone

from jobs import audit, automatic_retries, bulk_retries
from jobs.cli.command import Action
from jobs.cli.filters import add_letter_filters
from jobs.cli.output import Output
from jobs.configuration import queue_book
from jobs.models import BulkRetry


def _add_queue(parser: CommandParser) -> None:
    parser.add_argument("--queue", metavar="QUEUE", help="only this queue")


def _process(output: Output, options: argparse.Namespace) -> None:
    queues = [queue_book().part(options.queue).name] if options.queue else []
    done = vars(automatic_retries.process(queues))
    audit.record("process dead-letter retries", f"queue {queues[0]}" if queues else "every queue", **done)
    output.say(f"Planned {done['planned']}, retried {done['retried']}, refused {done['refused']}.", done)


def _add_bulk(parser: CommandParser) -> None:
    add_letter_filters(parser)
    parser.add_argument("--rate", type=float, default=10.0, metavar="N", help="letters a second (default 10)")
    parser.add_argument(
        "--canary", type=int, default=1, metavar="N", help="so many go first and must complete (default 1)"
    )


def _start(output: Output, options: argparse.Namespace) -> None:
    choice = bulk_retries.Choice(
        error_type=options.error,
        task=options.name,
        tag=options.tag,
        retryable=options.retryable,
        failed_after=_ago(options.since),
        failed_before=_ago(options.older_than),
    )
    bulk = bulk_retries.start(options.queue or "", choice, options.rate, options.canary, "")
    _tell(output, bulk)


def _ago(seconds: float | None) -> str | None:
    return None if seconds is None else (timezone.now() - timedelta(seconds=seconds)).isoformat()


def _add_id(parser: CommandParser) -> None:
    parser.add_argument("id", type=int, metavar="ID", help="the bulk retry's number")


def _show(output: Output, options: argparse.Namespace) -> None:
    _tell(output, bulk_retries.get_bulk_retry(options.id))


def _stop(output: Output, options: argparse.Namespace) -> None:
    _tell(output, bulk_retries.stop(options.id))


def _tell(output: Output, bulk: BulkRetry) -> None:
    how = f"{bulk.retried} of {bulk.total} retried, {bulk.refused} refused"
    why = f" ({bulk.reason})" if bulk.reason else ""
    output.say(f"Bulk retry {bulk.pk}: {bulk.state}{why}, {how}.", bulk_retries.shown(bulk))


PROCESS = Action(
    "process-retries",
    "Retry the letters that are due by their queue's own strategy, as happens every minute.",
    "dead_letters process-retries --queue orders",
    _process,
    _add_queue,
)
BULK = Action(
    "bulk-retry",
    "Retry all that match at a rate, after a canary; a job works it off.",
    "dead_letters bulk-retry --queue orders --error TimeoutError --rate 5 --canary 2",
    _start,
    _add_bulk,
)
SHOW = Action("bulk-show", "Show how far a bulk retry is.", "dead_letters bulk-show 3", _show, _add_id)
STOP = Action("bulk-stop", "Stop a bulk retry.", "dead_letters bulk-stop 3", _stop, _add_id)
