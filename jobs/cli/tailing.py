"""`jobs tail`: the event log as it grows."""

import argparse
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import CommandParser

from jobs.cli.command import Action
from jobs.cli.durations import in_words
from jobs.cli.output import Output, cell
from jobs.configuration import queue_book
from jobs.fence import keys
from jobs.fence.connection import client
from jobs.fence.events import Event, MalformedEvent, parse
from jobs.queries import get_job, is_finished

_PAUSE = 0.25  # seconds between two looks at the log
_PAGE = 500  # entries read at once
_SHOWN = ("message", "reason", "error", "fraction", "delay")


def _add_arguments(parser: CommandParser) -> None:
    parser.add_argument("id", nargs="?", metavar="ID", help="only this job, until it ends")
    parser.add_argument("--queue", metavar="QUEUE", help="only this queue")
    parser.add_argument("--lines", type=int, default=10, metavar="N", help="how many earlier events (10)")
    parser.add_argument("--no-follow", action="store_true", help="print what is there and end")


def _run(output: Output, options: argparse.Namespace) -> None:
    uid = options.id
    queues = [get_job(uid).queue] if uid else _queues(options.queue)
    cursors = dict.fromkeys(queues, "-")
    earlier = [event for event in _news(cursors) if not uid or event.uid == uid]
    for event in earlier if uid else _newest(earlier, options.lines):
        _print(output, event)
    while not options.no_follow:
        ended = uid and is_finished(uid)  # asked before reading: what it ended with is in the log by then
        for event in _news(cursors):
            if not uid or event.uid == uid:
                _print(output, event)
        if ended:
            return
        time.sleep(_PAUSE)


def _queues(name: str | None) -> list[str]:
    return [queue_book().get(name).name] if name else queue_book().names


def _newest(events: list[Event], count: int) -> list[Event]:
    in_order = sorted(events, key=lambda event: event.at_ms)
    return in_order[-count:] if count > 0 else []


def _news(cursors: dict[str, str]) -> Iterator[Event]:
    """Events after the cursors, which move on."""
    for queue, cursor in list(cursors.items()):
        start = cursor
        while page := client().xrange(keys.events(queue), start, "+", count=_PAGE):
            cursors[queue] = start = "(" + str(page[-1][0])
            yield from _parsed(queue, page)


def _parsed(queue: str, page: Any) -> Iterator[Event]:
    for cursor, fields in page:
        try:
            event = parse(queue, cursor, fields)
        except MalformedEvent:  # the dispatcher reports it
            continue
        if event.uid:  # else a mere wake-up
            yield event


def _print(output: Output, event: Event) -> None:
    at = datetime.fromtimestamp(event.at_ms / 1000, UTC)
    if output.as_json:
        record = {"cursor": event.cursor, "at": at, "queue": event.queue, "event": event.kind}
        output.json_line(record | {"job": event.uid, "run": event.run, "data": dict(event.data)})
    else:
        words = (f"{at:%H:%M:%S}", event.queue, event.uid, f"{event.kind:<9}", _told(event))
        output.line("  ".join(words).rstrip())


def _told(event: Event) -> str:
    data = dict(event.data)
    detail = data.get("detail")
    if isinstance(detail, dict):
        data = detail | data
    told = [cell(data[name]) for name in _SHOWN if data.get(name) not in (None, "")]
    if event.started_ms:
        told.append(f"after {in_words((event.at_ms - event.started_ms) / 1000)}")
    return "  ".join(told) or event.worker


TAIL = Action("tail", "Print what happens, as it happens.", "jobs tail --queue orders", _run, _add_arguments)
