"""Reads a Procfile: one `name: command` a line, `#` comments, `$PORT` and friends from the environment."""

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template

from jobs.supervisor.errors import BadProcfile

_LINE = re.compile(r"(?P<name>[A-Za-z0-9_-]+):\s*(?P<command>\S.*)")


@dataclass(frozen=True)
class ProcessLine:
    """One process: `words` is its command line, ready to execute (there is no shell)."""

    name: str
    words: tuple[str, ...]


def read(path: Path, environ: Mapping[str, str]) -> list[ProcessLine]:
    """The processes of the Procfile at `path`. Raises `BadProcfile` with all faults at once."""
    try:
        text = path.read_text()
    except OSError as error:
        raise BadProcfile(path, [error.strerror or str(error)]) from error
    lines, faults = parse(text, environ)
    if faults:
        raise BadProcfile(path, faults)
    return lines


def parse(text: str, environ: Mapping[str, str]) -> tuple[list[ProcessLine], list[str]]:
    """The processes that `text` declares, and what is wrong with it."""
    lines: list[ProcessLine] = []
    faults: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        try:
            lines.append(_parse_line(line, {known.name for known in lines}, environ))
        except ValueError as error:
            faults.append(f"line {number}: {error}")
    if not lines and not faults:
        faults.append("it declares no process")
    return lines, faults


def _parse_line(line: str, known: set[str], environ: Mapping[str, str]) -> ProcessLine:
    match = _LINE.fullmatch(line.strip())
    if match is None:
        raise ValueError(f"expected `name: command`, got {line.strip()!r}")
    if match["name"] in known:
        raise ValueError(f"{match['name']} is declared twice")
    try:
        words = tuple(Template(word).substitute(environ) for word in shlex.split(match["command"]))
    except KeyError as error:
        raise ValueError(f"${error.args[0]} is not set") from error
    return ProcessLine(match["name"], words)
