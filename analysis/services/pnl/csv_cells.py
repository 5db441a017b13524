"""Single cells of a trade history: times, kinds and amounts, read strictly."""

import difflib
import re
from datetime import UTC, datetime
from decimal import Decimal

from analysis.services.pnl.entries import Kind

MAX_DIGITS = 60
_AMOUNT = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,4})?", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}([,' _]\d{3})+(\.\d+)?|[+-]?\d+,\d+", re.ASCII)


class CellError(ValueError):
    """The cell does not hold what its column needs."""


def read_amount(text: str) -> Decimal:
    """A number of at least zero, with a decimal point, no thousands separators. Raises CellError."""
    if not text:
        raise CellError("is empty")
    if not _AMOUNT.fullmatch(text):
        hint = ": no thousands separators, and a decimal point" if _GROUPED.fullmatch(text) else ""
        raise CellError(f'"{text}" is not a number{hint}')
    amount = Decimal(text)
    if amount < 0:
        raise CellError(f"must not be negative, is {text}")
    _, digits, exponent = amount.as_tuple()
    if not isinstance(exponent, int) or max(len(digits), abs(exponent)) > MAX_DIGITS:
        raise CellError(f"has more than {MAX_DIGITS} digits")
    return amount


def read_quantity(text: str) -> Decimal:
    """A number above zero. Raises CellError."""
    quantity = read_amount(text)
    if not quantity:
        raise CellError(f"must be above zero, is {text}")
    return quantity


def read_name(text: str) -> str:
    """Any text but none. Raises CellError."""
    if not text:
        raise CellError("is empty")
    return text


def read_time(text: str) -> datetime:
    """An ISO 8601 date or time, in UTC. Raises CellError."""
    if not text:
        raise CellError("is empty")
    try:
        time = datetime.fromisoformat(text)
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise CellError(f'"{text}" is no ISO 8601 time like 2024-01-31 or 2024-01-31T12:00:00Z') from error


def read_kind(text: str) -> Kind:
    """buy, sell, income or transfer, in any case. Raises CellError."""
    if not text:
        raise CellError("is empty")
    kinds = [kind.value for kind in Kind]
    if text.lower() not in kinds:
        close = difflib.get_close_matches(text.lower(), kinds, n=1)
        hint = f"; did you mean {close[0]}?" if close else ""
        raise CellError(f'"{text}" is not one of {", ".join(kinds)}{hint}')
    return Kind(text.lower())
