"""Rows as PostgreSQL arrays: one parameter per column, for `unnest`."""

from collections.abc import Iterable, Sequence
from typing import Any


def as_columns(rows: Iterable[Sequence[Any]]) -> list[list[Any]]:
    """Transpose rows into columns."""
    return [list(column) for column in zip(*rows, strict=True)]
