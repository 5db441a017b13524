"""Encrypting again, with the first key, what older keys encrypted."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction

from jobs.encryption import MARK, current_key, seal, unseal

_RANGE = 2000  # ids that one transaction looks at
_SEALED = re.compile(rf'("{MARK}": ")([^"]+)(")')  # as PostgreSQL writes jsonb, and TaskResult has it


@dataclass(frozen=True)
class _Columns:
    table: str
    names: tuple[str, ...]
    kind: str


_WHERE = (
    _Columns("jobs_job", ("args", "kwargs", "canvas"), "jsonb"),
    _Columns("jobs_deadletter", ("args", "kwargs"), "jsonb"),
    _Columns("django_celery_results_taskresult", ("task_args", "task_kwargs"), "text"),
)


def rotate(progress: Callable[[str, int], None]) -> int:
    """Every row, in small transactions; answers how many were changed. May be stopped and run again.

    `progress` is told the table and how many of its rows were changed so far.
    """
    total = 0
    for columns in (*_WHERE, *_others()):
        changed = 0
        for first in _ranges(columns.table):
            changed += _rotate_range(columns, first)
            progress(columns.table, changed)
        total += changed
    return total


def _others() -> list[_Columns]:
    """Columns of other applications; see JOBS_SECRET_COLUMNS."""
    named: dict[str, tuple[str, ...]] = getattr(settings, "JOBS_SECRET_COLUMNS", {})
    return [_Columns(table, tuple(names), "jsonb") for table, names in named.items()]


def _ranges(table: str) -> Iterator[int]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(min(id), 1), coalesce(max(id), 0) FROM {table}")  # noqa: S608 -- a constant
        first, last = cursor.fetchone()
    yield from range(first, last + 1, _RANGE)


def _rotate_range(columns: _Columns, first: int) -> int:
    """The ids from `first`; rows are locked, so that nobody's newer value is overwritten."""
    texts = ", ".join(f"{name}::text" for name in columns.names)
    old = " OR ".join(f"{name}::text ~ %s" for name in columns.names)
    select = f"SELECT id, {texts} FROM {columns.table} WHERE id >= %s AND id < %s AND ({old}) FOR UPDATE"  # noqa: S608 -- constants
    changes = ", ".join(f"{name} = %s::{columns.kind}" for name in columns.names)
    update = f"UPDATE {columns.table} SET {changes} WHERE id = %s"  # noqa: S608 -- constants
    pattern = f'"{MARK}": "(?!{current_key()}\\.)'
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(select, [first, first + _RANGE, *(pattern for _ in columns.names)])
        rows = cursor.fetchall()
        for row in rows:
            cursor.execute(update, [*(_again(text) for text in row[1:]), row[0]])
    return len(rows)


def _again(text: str | None) -> str | None:
    return None if text is None else _SEALED.sub(lambda m: m[1] + seal(unseal(m[2])) + m[3], text)
