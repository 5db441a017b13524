"""Statements whose cost must not grow with the table."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction


@contextmanager
def along_indexes() -> Iterator[Any]:
    """A cursor whose statements walk indexes.

    The planner takes a scan of the whole table for cheap when it expects a LIMIT to end it early; for a
    queue that has no such row it never ends early.
    """
    inside = connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        yield cursor
        if inside:  # else it ends with the transaction
            cursor.execute("SET LOCAL enable_seqscan = on")
