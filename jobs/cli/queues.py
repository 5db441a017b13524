"""`queues list` and `queues show`."""

import argparse
from typing import Any

from django.core.management.base import CommandParser

from jobs.cli.command import Action
from jobs.cli.output import Output
from jobs.configuration import queue_book
from jobs.fence.connection import REDIS_ERRORS, client
from jobs.fence.roll import Roll, call_roll
from jobs.limits import Limits
from jobs.names import registered_tasks
from jobs.queries import counts_by_queue_and_state
from jobs.queries.breakers import breakers_or_none, holding_back
from jobs.queries.queue_settings import limits_of, shown, state_of
from jobs.queues import Queue
from jobs.states import State

_COLUMNS = ("name", "owner", "waiting", "delayed", "active", "failed", "completed", "slots", "rate", "state")


def _list(output: Output, _: argparse.Namespace) -> None:
    counts, roll = counts_by_queue_and_state(), _roll(output)
    limits = limits_of(queue_book().names)
    records = [_record(queue, limits[queue.name], counts.get(queue.name, {}), roll) for queue in queue_book()]
    output.records(records, _COLUMNS, "No queue is declared.")


def _show(output: Output, options: argparse.Namespace) -> None:
    queue = queue_book().part(options.name)
    limits = limits_of([queue.name])[queue.name]
    roll = _roll(output)
    record = _record(queue, limits, counts_by_queue_and_state().get(queue.name, {}), roll)
    proven = {} if roll is None else {"consumption_proven_seconds_ago": _proven(roll, queue.name)}
    held_back = list(holding_back(queue.name, breakers_or_none()))
    output.record(record | proven | {"held_back_by": held_back} | _settings(queue))


def _add_name(parser: CommandParser) -> None:
    parser.add_argument("name", metavar="QUEUE")


def _roll(output: Output) -> Roll | None:
    """Who serves the queues; without Redis that is unknown, and everything else is told all the same."""
    try:
        return call_roll(client())
    except REDIS_ERRORS:
        output.note("Redis does not answer: the workers' slots are unknown.")
        return None


def _proven(roll: Roll, queue: str) -> dict[str, float | str | None]:
    """Per worker, how long ago at its last heartbeat a message had reached it."""
    serving = (worker for worker in roll.live.values() if queue in worker.queues)
    return {worker.id: "deaf" if worker.deaf else worker.proven_ago for worker in serving}


def _record(queue: Queue, limits: Limits, counts: dict[str, int], roll: Roll | None) -> dict[str, Any]:
    by_state = {str(state): counts.get(str(state), 0) for state in State}
    return {
        "name": queue.name,
        "owner": queue.owner,
        **by_state,
        "slots": None if roll is None else roll.slots(queue.name),
        "rate": shown(limits)["rate"] or shown(limits)["rate_per_key"],
        "state": state_of(limits),
    }


def _settings(queue: Queue) -> dict[str, Any]:
    tasks = [name for name in registered_tasks() if queue_book().of_task(name).name == queue.declared_name]
    return {
        "limits": shown(limits_of([queue.name])[queue.name]),
        "key": queue.key,
        "concurrency": queue.concurrency,
        "attempts": queue.attempts,
        "backoff": {"kind": type(queue.backoff).__name__.lower(), **vars(queue.backoff)},
        "retry_unexpected": queue.retry_unexpected,
        "keep_completed": queue.keep_completed,
        "keep_failed": queue.keep_failed,
        "stalled_limit": queue.stalled_limit,
        "tasks": sorted(tasks),
    }


LIST = Action("list", "List the queues with their jobs by state and free hands.", "queues list", _list)
SHOW = Action("show", "Show a queue's settings and tasks.", "queues show orders --json", _show, _add_name)
