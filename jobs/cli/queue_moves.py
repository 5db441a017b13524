"""`queues pause`, `resume`, `drain`, `clear` and `set`: operating whole queues."""

import argparse
import getpass
from typing import Any

from django.core.management.base import CommandError, CommandParser

from jobs import control
from jobs.cli.command import Action
from jobs.cli.exits import Exit
from jobs.cli.output import Output
from jobs.configuration import queue_book
from jobs.queries.queue_settings import limits_of, shown, state_of

_CLEARS = "Every job of {} that has not started would be cancelled. Say --yes to do it."
_OVERRIDES = {
    "rate": "starts per time of the queue, such as 10/s or 100/min; none for no limit",
    "rate_per_key": "the same for each value of the queue's key",
    "burst": "tokens of a bucket instead of a sliding window; 0 for a sliding window",
    "max_running": "jobs at once; 0 for no limit",
    "max_running_per_key": "jobs at once for each value of the queue's key; 0 for no limit",
    "fair": "yes or no: take keys in turn",
    "ageing": "seconds of waiting that count as one step of priority; 0 for off",
}


def operator() -> str:
    """Who acts, for the record."""
    try:
        return f"command line: {getpass.getuser()}"
    except (KeyError, OSError):  # no such user in a container
        return "command line"


def _pause(output: Output, options: argparse.Namespace) -> None:
    for name in options.names:
        control.pause(name, operator(), options.reason)
        _say(output, name, "paused: no job of it starts; what runs goes on")


def _resume(output: Output, options: argparse.Namespace) -> None:
    for name in options.names:
        control.resume(name, operator(), options.reason)
        _say(output, name, "open: its jobs start again")


def _drain(output: Output, options: argparse.Namespace) -> None:
    for name in options.names:
        control.drain(name, operator(), options.reason)
        _say(output, name, "draining: what is enqueued runs out, what comes later waits until resume")


def _clear(output: Output, options: argparse.Namespace) -> None:
    queue = queue_book().get(options.name).name
    if not options.yes:
        raise CommandError(_CLEARS.format(queue), returncode=Exit.REFUSED)
    count = control.clear(queue, operator(), options.reason)
    output.say(f"{queue}: {count} jobs cancelled", {"queue": queue, "cancelled": count})


def _set(output: Output, options: argparse.Namespace) -> None:
    changes = {name: _value(name, getattr(options, name)) for name in _OVERRIDES if getattr(options, name)}
    if options.reset:
        changes = dict.fromkeys(control.SETTABLE) | changes
    if not changes:
        raise CommandError(
            f"Nothing to set; give one of --{', --'.join(n.replace('_', '-') for n in _OVERRIDES)}"
        )
    control.change_limits(options.name, changes, operator())
    _say(output, options.name, "changed; in force within a second")


def _value(name: str, text: str) -> Any:
    if name in {"rate", "rate_per_key"}:
        return text
    if name == "fair":
        return text.lower() in {"yes", "true", "on", "1"}
    try:
        return float(text) if name == "ageing" else int(text)
    except ValueError:
        raise CommandError(f"--{name.replace('_', '-')} must be a number, got {text!r}") from None


def _say(output: Output, name: str, what: str) -> None:
    queue = queue_book().get(name).name
    limits = limits_of([queue])[queue]
    output.say(f"{queue} {what}", {"queue": queue, "state": state_of(limits), "limits": shown(limits)})


def _add_names(parser: CommandParser) -> None:
    parser.add_argument("names", nargs="+", metavar="QUEUE")
    parser.add_argument("--reason", default="", help="kept with the queue's settings")


def _add_clear(parser: CommandParser) -> None:
    parser.add_argument("name", metavar="QUEUE")
    parser.add_argument("--yes", action="store_true", help="do it; nothing is asked")
    parser.add_argument("--reason", default="", help="kept with each job")


def _add_set(parser: CommandParser) -> None:
    parser.add_argument("name", metavar="QUEUE")
    for name, help_text in _OVERRIDES.items():
        parser.add_argument(f"--{name.replace('_', '-')}", dest=name, help=help_text)
    parser.add_argument("--reset", action="store_true", help="back to what config/queues.py declares")


PAUSE = Action(
    "pause",
    "Stop starting jobs of queues.",
    "queues pause orders --reason 'exchange down'",
    _pause,
    _add_names,
)
RESUME = Action("resume", "Let jobs of queues start again.", "queues resume orders", _resume, _add_names)
DRAIN = Action("drain", "Let queues run out; later jobs wait.", "queues drain orders", _drain, _add_names)
CLEAR = Action("clear", "Cancel what has not started.", "queues clear orders --yes", _clear, _add_clear)
SET = Action(
    "set",
    "Change a queue's limits, live.",
    "queues set orders --rate-per-key 5/s --max-running 3",
    _set,
    _add_set,
)
