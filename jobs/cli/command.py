"""The base of the commands: actions with examples, and errors as one sentence with an exit code."""

import argparse
import getpass
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandError, CommandParser, DjangoHelpFormatter

from jobs.audit import acting
from jobs.cli import exits
from jobs.cli.exits import Exit
from jobs.cli.output import Output


@dataclass(frozen=True)
class Action:
    """One thing that a command does. `run` gets the output and the parsed options."""

    name: str
    help: str
    example: str
    run: Callable[[Output, argparse.Namespace], None]
    add_arguments: Callable[[CommandParser], None] = lambda _parser: None


class HelpFormatter(argparse.RawDescriptionHelpFormatter, DjangoHelpFormatter):
    """Keeps the line breaks of examples."""


class ActionCommand(BaseCommand):
    """A command made of actions."""

    actions: ClassVar[Sequence[Action]] = ()
    requires_system_checks = ("jobs",)  # the declarations; not the site's URLs, which take a second to import

    def add_arguments(self, parser: CommandParser) -> None:
        """One sub-parser per action, each with `--json` and an example."""
        parser.formatter_class = HelpFormatter
        examples = "\n".join(f"  manage.py {action.example}" for action in self.actions)
        parser.epilog = f"examples:\n{examples}\n\n{exits.HELP}"
        choices = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
        for action in self.actions:
            added = choices.add_parser(
                action.name,
                help=action.help,
                description=action.help,
                formatter_class=HelpFormatter,
                epilog=f"example:\n  manage.py {action.example}\n\n{exits.HELP}",
            )
            added.add_argument("--json", action="store_true", help="machine-readable output on stdout")
            action.add_arguments(added)

    def handle(self, *_: Any, **options: Any) -> None:
        """Run the chosen action; what a user may cause ends as a sentence."""
        action = next(one for one in self.actions if one.name == options["action"])
        output = Output(self.stdout, self.stderr, as_json=options["json"])
        try:
            with acting(_actor):
                action.run(output, argparse.Namespace(**options))
        except exits.EXPECTED as error:
            explained = exits.explain(error)
            if explained is None:
                raise
            raise CommandError(explained[0], returncode=explained[1]) from error
        except KeyboardInterrupt:
            raise CommandError("Interrupted.", returncode=Exit.INTERRUPTED) from None
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader had enough


def _actor() -> str:
    try:
        return f"command line: {getpass.getuser()}"
    except (KeyError, OSError):  # a container's user may have no name
        return f"command line: user {os.getuid()}"
