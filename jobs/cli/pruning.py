"""`jobs prune`: delete finished jobs beyond what their queues keep."""

import argparse

from django.core.management.base import CommandParser

from jobs.cli.command import Action
from jobs.cli.output import Output
from jobs.configuration import queue_book, retention_grace
from jobs.dispatcher.pruning import keeps
from jobs.queues import Queue
from jobs.store.retention import Keep, prune


def _add_arguments(parser: CommandParser) -> None:
    parser.add_argument("--queue", metavar="QUEUE", help="only this queue")


def _run(output: Output, options: argparse.Namespace) -> None:
    book = queue_book()
    queues = [book.get(options.queue)] if options.queue else list(book)
    pruned = {queue.name: count for queue in queues if (count := _prune(queue))}
    total = sum(pruned.values())
    output.say(f"Deleted {total} finished jobs.", {"deleted": total, "by_queue": pruned})


def _prune(queue: Queue) -> int:
    return sum(_all_of(keep) for keep in keeps(queue, retention_grace()))


def _all_of(keep: Keep) -> int:
    pruned = prune(keep)
    total = pruned.deleted
    while pruned.more:
        pruned = prune(keep, pruned.cursor)
        total += pruned.deleted
    return total


PRUNE = Action(
    "prune",
    "Delete finished jobs beyond what their queues keep; the dispatcher does it all the time.",
    "jobs prune --queue orders",
    _run,
    _add_arguments,
)
