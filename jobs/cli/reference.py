"""The commands as a page of Markdown, out of their own parsers: docs/reference/commands.md."""

import argparse
from collections.abc import Iterable, Iterator

from django.apps import apps
from django.conf import settings
from django.core.management import get_commands, load_command_class
from django.core.management.base import BaseCommand, CommandParser

from jobs.cli import exits
from jobs.cli.command import Action, ActionCommand

_HEAD = """# Commands

Every command of the project, as `manage.py commands_reference` writes it from the code; a test holds this page against
the code. `manage.py COMMAND [ACTION] --help` explains each option. Actions take `--json` for machine-readable output;
results go to standard output, what is said about them to standard error.
"""


def reference() -> str:
    """The page."""
    return "\n".join([_HEAD, _exit_codes(), *_sections()])


def _exit_codes() -> str:
    listed = [line.split(maxsplit=1) for line in exits.HELP.splitlines()[1:]]
    return "\n".join(
        ["| exit code | says |", "|---|---|", *(f"| {code} | {text} |" for code, text in listed), ""]
    )


def _sections() -> Iterator[str]:
    """One for each command of the applications in this folder, in the order of their names."""
    for name, application in sorted(get_commands().items()):
        if _is_ours(application):
            command = load_command_class(application, name)
            yield f"## `{name}`\n\n{_body(command, name)}\n"


def _is_ours(application: str) -> bool:
    found = next((one for one in apps.get_app_configs() if one.name == application), None)
    return found is not None and str(settings.BASE_DIR) == found.path.rpartition("/")[0]


def _body(command: BaseCommand, name: str) -> str:
    if isinstance(command, ActionCommand):
        rows = [_row(action) for action in command.actions]
        head = "| action | does | takes | example |\n|---|---|---|---|"
        return "\n".join([_cell(command.help), "", head, *rows])
    bare = {word for one in _arguments(BaseCommand().create_parser("", "")) for word in one.option_strings}
    own = [
        one
        for one in _arguments(command.create_parser("manage.py", name))
        if not bare & set(one.option_strings)
    ]
    takes = _taken(own)
    return _cell(command.help) + (f"\n\nTakes {takes}." if takes else "")


def _row(action: Action) -> str:
    parser = CommandParser()
    action.add_arguments(parser)
    cells = (
        f"`{action.name}`",
        _cell(action.help),
        _taken(_arguments(parser)),
        f"`manage.py {_cell(action.example)}`",
    )
    return f"| {' | '.join(cells)} |"


def _arguments(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    return [one for one in parser._actions if one.dest not in {"help", "json"}]  # noqa: SLF001 -- argparse tells nobody


def _taken(arguments: Iterable[argparse.Action]) -> str:
    return " ".join(f"`{_word(one)}`" for one in arguments)


def _word(argument: argparse.Action) -> str:
    value = argument.metavar or ("" if argument.nargs == 0 else argument.dest.upper())
    value = "|".join(map(str, argument.choices)) if argument.choices and not argument.metavar else str(value)
    name = argument.option_strings[-1] if argument.option_strings else ""
    return " ".join(part for part in (name, value) if part).replace("|", "\\|")


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
