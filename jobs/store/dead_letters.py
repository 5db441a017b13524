"""Dead letters, written: each is dealt with once, whoever asks and how often."""

from collections.abc import Sequence

from django.db import connection, transaction

from jobs.errors import IllegalMove, NotFound

RETRIED, DISCARDED = "retried", "discarded"
_BATCH = 1000


def resolve(letter: int, resolution: str, by: str = "", note: str = "") -> None:
    """Close an open letter. NotFound when there is none, IllegalMove when it is closed already.

    Of two at once the second waits for the first one's transaction and is refused when that commits.
    """
    with connection.cursor() as cursor:
        cursor.execute(_RESOLVE, [resolution, by, note, letter])
        if cursor.rowcount:
            return
        cursor.execute("SELECT resolution FROM jobs_deadletter WHERE id = %s", [letter])
        row = cursor.fetchone()
    if row is None:
        raise NotFound(f"There is no dead letter {letter}.")
    raise IllegalMove(f"Dead letter {letter} was {row[0]} already.")


def mark_retried(letter: int, uid: str) -> None:
    """Note which job a retried letter runs as: the thread that leads to the letter of its next failure."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE jobs_deadletter SET retried_as = %s WHERE id = %s", [uid, letter])


def lock_job(uid: str) -> str | None:
    """The state of a letter's job, held until the transaction ends; None when the job was pruned.

    Locked before the letter, as `moves.retry` does: two ways to retry a job never wait for each other.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT state FROM jobs_job WHERE uid = %s FOR UPDATE", [uid])
        row = cursor.fetchone()
    return row[0] if row else None


def purge(older_than: float, queues: Sequence[str] = ()) -> int:
    """Delete the letters that failed more than `older_than` seconds ago, open or not; answers how many.

    In batches, each in a transaction of its own. Without `queues`: those of every queue.
    """
    total = 0
    while deleted := _purge_batch(older_than, queues):
        total += deleted
    return total


def _purge_batch(older_than: float, queues: Sequence[str]) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_PURGE, [older_than, not queues, list(queues), _BATCH])
        return int(cursor.rowcount)


_RESOLVE = """
UPDATE jobs_deadletter SET resolution = %s, resolved_at = clock_timestamp(), resolved_by = %s, note = %s
WHERE id = %s AND resolution = ''
"""

_PURGE = """
DELETE FROM jobs_deadletter WHERE id IN (
    SELECT id FROM jobs_deadletter
    WHERE failed_at < clock_timestamp() - make_interval(secs => %s) AND (%s OR queue = ANY(%s::text[]))
    ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED)
"""
