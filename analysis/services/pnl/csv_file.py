"""Reads a trade history from CSV: `time,kind,asset,quantity,unit_price,fee,fee_asset`.

All faults are reported at once, each with its line and column. The columns may stand in any order; others
are ignored. Rows need not be sorted: they are processed in order of time, and in file order where times are
equal. A time without zone is UTC; a date alone is its midnight. `fee` and `fee_asset` may be empty (no fee;
quote currency), so may a transfer's `unit_price`.
"""

import csv
import difflib
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from analysis.services.pnl.csv_cells import (
    CellError,
    read_amount,
    read_kind,
    read_name,
    read_quantity,
    read_time,
)
from analysis.services.pnl.entries import Entry, EntryError, Kind, value_at
from analysis.services.pnl.exact import ZERO
from analysis.services.pnl.quote import QuoteError, infer_quote

COLUMNS = ("time", "kind", "asset", "quantity", "unit_price", "fee", "fee_asset")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong; `column` is None when it concerns the whole line or file."""

    line: int
    column: str | None
    reason: str

    def __str__(self) -> str:
        place = f"line {self.line}" + (f", column {self.column}" if self.column else "")
        return f"{place}: {self.reason}"


class HistoryError(ValueError):
    """The file cannot be read as a trade history; carries every fault."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    cells: dict[str, str]


def parse_csv(data: bytes, quote: str | None = None) -> list[Entry]:
    """The entries of a file, in file order; fees in `quote` are money (see `quote.infer_quote` when None).

    Raises HistoryError.
    """
    faults: list[Fault] = []
    rows = list(_rows(_text(data), faults))
    money = quote or _inferred(rows, faults)
    entries = [entry for row in rows if (entry := _entry(row, money, faults)) is not None]
    if not rows and not faults:
        faults.append(Fault(1, None, "the file has a header but no rows"))
    if faults:
        raise HistoryError(sorted(faults, key=lambda fault: fault.line))
    return entries


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise HistoryError([Fault(line, None, "is not UTF-8 text")]) from error


def _rows(text: str, faults: list[Fault]) -> Iterator[_Row]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] | None = None
    line = 1
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                pass
            elif header is None:
                header = _header(cells, line)
            elif len(cells) != len(header):
                faults.append(Fault(line, None, f"has {len(cells)} cells, the header has {len(header)}"))
            else:
                yield _Row(line, dict(zip(header, map(str.strip, cells), strict=True)))
            line = reader.line_num + 1
    except csv.Error as error:
        faults.append(Fault(line, None, f"is not CSV: {error}"))
    if header is None and not faults:
        raise HistoryError([Fault(1, None, f"the file is empty; its first line must be {','.join(COLUMNS)}")])


def _header(cells: list[str], line: int) -> list[str]:
    names = [cell.strip().lower() for cell in cells]
    faults = [Fault(line, name, _missing_column(name, names)) for name in COLUMNS if name not in names]
    faults += [Fault(line, name, "stands twice") for name in COLUMNS if names.count(name) > 1]
    if faults:
        raise HistoryError(faults)
    return names


def _missing_column(name: str, names: list[str]) -> str:
    close = difflib.get_close_matches(name, [other for other in names if other not in COLUMNS], n=1)
    hint = f'; is it the one called "{close[0]}"?' if close else ""
    return f"is missing{hint}"


def _inferred(rows: list[_Row], faults: list[Fault]) -> str | None:
    traded = [row.cells["asset"] for row in rows if row.cells["kind"].lower() != Kind.TRANSFER]
    try:
        return infer_quote((row.cells["fee_asset"] for row in rows), traded)
    except QuoteError as error:
        faults.append(Fault(1, "fee_asset", str(error)))
        return None


def _entry(row: _Row, quote: str | None, faults: list[Fault]) -> Entry | None:
    time = _read(row, "time", read_time, faults)
    kind = _read(row, "kind", read_kind, faults)
    asset = _read(row, "asset", read_name, faults)
    quantity = _read(row, "quantity", read_quantity, faults)
    price = _read(row, "unit_price", read_amount, faults, ZERO if kind is Kind.TRANSFER else None)
    fee = _read(row, "fee", read_amount, faults, ZERO)
    if time is None or kind is None or asset is None or quantity is None or price is None or fee is None:
        return None
    value = ZERO if kind is Kind.TRANSFER else value_at(quantity, price)
    fee_asset: str | None = row.cells["fee_asset"]
    if not fee_asset or (quote is not None and fee_asset.upper() == quote.upper()):
        fee_asset = None
    try:
        return Entry(time, kind, asset, quantity, value, fee, fee_asset, f"line {row.line}")
    except EntryError as error:
        faults.append(Fault(row.line, error.field, error.reason))
        return None


def _read(
    row: _Row, column: str, reader: Callable[[str], T], faults: list[Fault], empty: T | None = None
) -> T | None:
    """The cell's value, `empty` for an empty cell if given; None after noting a fault."""
    text = row.cells[column]
    if not text and empty is not None:
        return empty
    try:
        return reader(text)
    except CellError as error:
        faults.append(Fault(row.line, column, str(error)))
        return None
