"""Chords, written: a row per chord whose body waits, and one per part that returned."""

import json
from dataclasses import dataclass
from typing import Any

from django.db import connection


@dataclass(frozen=True)
class OpenChord:
    """A chord whose row is locked until the transaction ends."""

    id: int
    size: int | None
    header: Any


@dataclass(frozen=True)
class Part:
    """What a part returned. `place` is its index in the group, `value` Celery's JSON."""

    uid: str
    place: int | None
    state: str
    value: str


def open_chord(group_id: str, header: Any = None) -> None:
    """Expect the parts of a chord. `header` is its result tree, where groups are nested in it."""
    text = None if header is None else json.dumps(header)
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, [group_id, text])


def size_chord(group_id: str, size: int) -> None:
    """Say how many parts return."""
    with connection.cursor() as cursor:
        cursor.execute(_SIZE, [group_id, size])


def grow_chord(group_id: str) -> None:
    """One more part returns."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE jobs_chord SET size = size + 1 WHERE group_id = %s", [group_id])


def lock_chord(group_id: str) -> OpenChord | None:
    """The chord, for this transaction alone; None when its body was enqueued or failed already.

    Parts that return at once wait for each other here, so that exactly one of them is the last.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, size, header FROM jobs_chord WHERE group_id = %s FOR UPDATE", [group_id])
        row = cursor.fetchone()
    if row is None:
        return None
    return OpenChord(row[0], row[1], json.loads(row[2]) if isinstance(row[2], str) else row[2])


def add_part(chord: OpenChord, part: Part) -> int:
    """Keep what a part returned, once; answers how many have."""
    with connection.cursor() as cursor:
        cursor.execute(_ADD_PART, [chord.id, part.uid, part.place, part.state, part.value])
        cursor.execute("SELECT count(*) FROM jobs_chordpart WHERE chord_id = %s", [chord.id])
        return int(cursor.fetchone()[0])


def close_chord(chord: OpenChord) -> list[Part]:
    """The parts in the header's order; the chord is forgotten."""
    with connection.cursor() as cursor:
        cursor.execute(_PARTS, [chord.id])
        parts = [Part(*row) for row in cursor.fetchall()]
        cursor.execute("DELETE FROM jobs_chordpart WHERE chord_id = %s", [chord.id])
        cursor.execute("DELETE FROM jobs_chord WHERE id = %s", [chord.id])
    return parts


_OPEN = """
INSERT INTO jobs_chord (group_id, header, created_at) VALUES (%s, %s::jsonb, clock_timestamp())
ON CONFLICT (group_id) DO UPDATE SET header = excluded.header
"""

_SIZE = """
INSERT INTO jobs_chord (group_id, size, created_at) VALUES (%s, %s, clock_timestamp())
ON CONFLICT (group_id) DO UPDATE SET size = excluded.size
"""

_ADD_PART = """
INSERT INTO jobs_chordpart (chord_id, uid, place, state, value) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT DO NOTHING
"""

_PARTS = """
SELECT uid, place, state, value FROM jobs_chordpart WHERE chord_id = %s ORDER BY place NULLS LAST, id
"""
