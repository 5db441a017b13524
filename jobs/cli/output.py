"""What a command prints: JSON, aligned text, or tables with colours where a terminal is."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.management.base import OutputWrapper
from django.utils.timezone import localtime

Record = Mapping[str, Any]

_COLOURS = {
    "completed": "green", "failed": "red", "cancelled": "yellow", "active": "cyan", "stalled": "red",
    "delayed": "blue", "blocked": "magenta",
}  # fmt: skip


class Output:
    """Results go to stdout, what is said about them on the way to stderr."""

    def __init__(self, stdout: OutputWrapper, stderr: OutputWrapper, *, as_json: bool) -> None:
        self.as_json = as_json
        self.on_terminal = stderr.isatty()
        self._out = stdout
        self._err = stderr

    def json(self, value: Any) -> None:
        """One JSON value."""
        self._out.write(json.dumps(value, default=_plain, indent=2, ensure_ascii=False))

    def json_line(self, value: Any) -> None:
        """One JSON value on one line, for streams."""
        self._out.write(json.dumps(value, default=_plain, ensure_ascii=False))
        self._out.flush()

    def say(self, text: str, value: Any = None) -> None:
        """A sentence, or `value` with --json."""
        if self.as_json:
            self.json(value)
        else:
            self._out.write(_one_line(text))

    def line(self, text: str) -> None:
        """A line of a stream."""
        self._out.write(_one_line(text))
        self._out.flush()

    def note(self, text: str) -> None:
        """Something beside the result, on stderr."""
        self._err.write(_one_line(text), style_func=str)
        self._err.flush()

    def records(self, records: Sequence[Record], columns: Sequence[str], empty: str) -> None:
        """A table with these columns; with --json every field of every record."""
        if self.as_json:
            self.json(list(records))
        elif not records:
            self._out.write(empty)
        else:
            self._table(columns, [[cell(record.get(name)) for name in columns] for record in records])

    def record(self, record: Record) -> None:
        """One record, a field per line; empty fields are left out."""
        if self.as_json:
            self.json(record)
            return
        shown = {name: value for name, value in record.items() if value not in (None, "", [], {})}
        width = max((len(name) for name in shown), default=0)
        for name, value in shown.items():
            self._field(name.ljust(width), value)

    def _field(self, name: str, value: Any) -> None:
        several = isinstance(value, list) and value and isinstance(value[0], Mapping)
        lines = [cell(one) for one in value] if several else _lines(value)
        self._out.write(f"{name}  {lines[0]}")
        for line in lines[1:]:
            self._out.write(f"{' ' * len(name)}  {line}")

    def _table(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        if self._out.isatty():
            self._rich_table(columns, rows)
            return
        widths = [max(len(row[n]) for row in [columns, *rows]) for n in range(len(columns))]
        for row in [[name.upper() for name in columns], *rows]:
            padded = (text.ljust(width) for text, width in zip(row, widths, strict=True))
            self._out.write("  ".join(padded).rstrip())

    def _rich_table(self, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        from rich import box
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for name in columns:
            table.add_column(name.replace("_", " "), overflow="fold" if name == "id" else "ellipsis")
        for row in rows:
            table.add_row(*(Text(text, style=_COLOURS.get(text, "")) for text in row))
        console = Console()
        with console.capture() as captured:
            console.print(table)
        self._out.write(captured.get())


def cell(value: Any) -> str:
    """A value as one line of text without control characters."""
    if value is None or value == "":
        return "-"
    if isinstance(value, datetime):
        return f"{localtime(value):%Y-%m-%d %H:%M:%S}"
    if isinstance(value, float):
        return f"{value:.3g}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return "  ".join(f"{key}={cell(one)}" for key, one in value.items() if one not in (None, ""))
    if isinstance(value, (list, tuple)):
        return ", ".join(cell(one) for one in value) or "-"
    return _one_line(str(value))


def _lines(value: Any) -> list[str]:
    if isinstance(value, str) and "\n" in value:
        return [_one_line(line) for line in value.splitlines()]
    if isinstance(value, Mapping):
        return [json.dumps(value, default=_plain, ensure_ascii=False)]
    return [cell(value)]


def _one_line(text: str) -> str:
    """What job code wrote must not steer the terminal."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else str(value)
