"""What the jobs of a chaos run leave behind: each execution of a body, written by the body itself.

It is the witness that the platform does not write: the checker holds its history against it.
"""

from django.db import connection

_TABLE = """
CREATE TABLE IF NOT EXISTS chaos_execution (
    id bigserial PRIMARY KEY, uid text NOT NULL, run int NOT NULL,
    began timestamptz NOT NULL DEFAULT clock_timestamp(), ended timestamptz)
"""


def create_table() -> None:
    """In the run's own database."""
    with connection.cursor() as cursor:
        cursor.execute(_TABLE)


def began(uid: str, run: int) -> int:
    """A body begins; answers with the number of this execution."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO chaos_execution (uid, run) VALUES (%s, %s) RETURNING id", [uid, run])
        return int(cursor.fetchone()[0])


def ended(execution: int) -> None:
    """It came to its end, well."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE chaos_execution SET ended = clock_timestamp() WHERE id = %s", [execution])
