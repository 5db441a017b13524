"""`queues breakers` and `queues breaker NAME MODE`."""

import argparse
import getpass

from django.core.management.base import CommandParser

from jobs.cli.command import Action
from jobs.cli.output import Output
from jobs.queries.breakers import breakers_now, declared_breaker
from jobs.store.breakers import MODES, force

_COLUMNS = ("name", "phase", "forced", "since", "probe_at", "calls", "share", "guards")


def _list(output: Output, _: argparse.Namespace) -> None:
    output.records([vars(now) for now in breakers_now()], _COLUMNS, "No breaker is declared.")


def _add_name_and_mode(parser: CommandParser) -> None:
    parser.add_argument("name", metavar="NAME")
    parser.add_argument("mode", choices=MODES, help="auto: it decides itself")


def _force(output: Output, options: argparse.Namespace) -> None:
    name = declared_breaker(options.name)
    force(name, options.mode, getpass.getuser())
    output.say(f"{name}: {options.mode}", {"name": name, "mode": options.mode})


BREAKERS = Action(
    "breakers", "List the circuit breakers and what they let through.", "queues breakers", _list
)
BREAKER = Action(
    "breaker", "Force a circuit breaker open or closed, or let it decide itself.",
    "queues breaker coingecko open", _force, _add_name_and_mode,
)  # fmt: skip
