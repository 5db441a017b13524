"""`jobs simulate`: what waits other limits and other concurrency would have given."""

import argparse
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

from django.core.management.base import CommandError, CommandParser

from jobs.cli.command import Action
from jobs.cli.durations import in_words, parse_duration
from jobs.cli.filters import positive
from jobs.cli.output import Output
from jobs.configuration import queue_book
from jobs.limits import Limits
from jobs.queries.arrivals import Recorded, recorded
from jobs.queries.presence import presence
from jobs.queries.queue_settings import NO_RATE, limits_of, shown
from jobs.rates import Rate, parse_rate
from jobs.simulation import simulate, waits_of

_COLUMNS = ("what", "runs", "mean", "p50", "p95", "p99", "max")
_DAY = 86_400.0


def _rate(text: str) -> Rate | None:
    try:
        return None if text == NO_RATE else parse_rate(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _most(text: str) -> int | None:
    return None if text == "0" else positive(text)


_LIMITS: dict[str, tuple[Callable[[str], Any], str]] = {
    "rate": (_rate, "starts per time of the queue, such as 10/s or 100/min; none for no limit"),
    "rate-per-key": (_rate, "the same for each value of the queue's key"),
    "burst": (_most, "tokens of a bucket instead of a sliding window; 0 for a sliding window"),
    "max-running": (_most, "jobs at once; 0 for no limit"),
    "max-running-per-key": (_most, "jobs at once for each value of the queue's key; 0 for no limit"),
}


def _add_arguments(parser: CommandParser) -> None:
    parser.add_argument("queue", metavar="QUEUE")
    parser.add_argument(
        "--since", type=parse_duration, default=_DAY, metavar="AGE", help="arrivals of the last (default 1d)"
    )
    parser.add_argument(
        "--slots",
        type=positive,
        metavar="N",
        help="jobs that all workers together run at once (default: as now)",
    )
    for name, (kind, text) in _LIMITS.items():
        default = argparse.SUPPRESS
        parser.add_argument(f"--{name}", type=kind, default=default, metavar="LIMIT", help=text)
    parser.add_argument("--fair", action="store_true", default=argparse.SUPPRESS, help="take keys in turn")


def _run(output: Output, options: argparse.Namespace) -> None:
    queue = queue_book().get(options.queue)
    names = queue_book().parts_of(queue.name)
    found = recorded(names, timedelta(seconds=options.since))
    if not found.arrivals:
        raise CommandError(f"Nothing arrived in {queue.name} within the last {in_words(options.since)}.")
    slots = max((presence(names).slots(name) for name in names), default=0) or queue.concurrency
    limits = limits_of(names)[names[0]]
    chosen = {name.replace("-", "_") for name in (*_LIMITS, "fair")} & set(vars(options))
    wanted = replace(limits, **{name: getattr(options, name) for name in chosen})
    _tell(output, found, (slots, limits), (options.slots or slots, wanted))


def _tell(output: Output, found: Recorded, now: tuple[int, Limits], asked: tuple[int, Limits]) -> None:
    rows = [
        {"what": "recorded", **asdict(waits_of(found.waited))},
        {"what": "as it is", **_settings(*now), **asdict(waits_of(simulate(found.arrivals, *now)))},
        {"what": "as asked", **_settings(*asked), **asdict(waits_of(simulate(found.arrivals, *asked)))},
    ]
    if output.as_json:
        output.json({"arrivals": len(found.arrivals), "exact": found.exact, "waits": rows})
        return
    output.note(
        f"{len(found.arrivals):,} arrivals, each at its own moment."
        if found.exact
        else f"{len(found.arrivals):,} arrivals of the time series, spread evenly over each minute: bursts within "
        "a minute, priorities, keys and retries are lost, as the jobs themselves are deleted already."
    )
    shown_rows = [{**row, **{name: _in_words(row[name]) for name in _COLUMNS[2:]}} for row in rows]
    output.records(shown_rows, _COLUMNS, "")


def _settings(slots: int, limits: Limits) -> dict[str, Any]:
    return {"slots": slots, "limits": {name: value for name, value in shown(limits).items() if value}}


def _in_words(seconds: float | None) -> str | None:
    return None if seconds is None else in_words(seconds)


SIMULATE = Action(
    "simulate",
    "Replay the recorded arrivals of a queue against other limits and concurrency; prints the waits they would give.",
    "jobs simulate price-updates --since 6h --slots 8 --rate 20/min",
    _run,
    _add_arguments,
)
