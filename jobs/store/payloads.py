"""A new payload for a job that is not running."""

from dataclasses import dataclass

from django.db import IntegrityError, connection, transaction

from jobs.errors import IllegalMove


@dataclass(frozen=True)
class Payload:
    """Checked arguments as JSON text, and what follows from them."""

    args: str
    kwargs: str
    unique_key: str | None
    subject: str
    queue: str
    limit_key: str


def replace_payload(uid: str, payload: Payload) -> None:
    """Write it, in the caller's transaction, which holds the row. IllegalMove when another live job has
    the key, or the job runs or completed."""
    values = [
        payload.args, payload.kwargs, payload.unique_key, payload.subject, payload.queue, payload.limit_key, uid,
    ]  # fmt: skip
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_REPLACE, values)
            if cursor.rowcount == 0:
                raise IllegalMove("The payload of a job that runs or has completed cannot be changed.")
    except IntegrityError as error:
        raise IllegalMove("Another job with the same unique key is live.") from error


_REPLACE = """
UPDATE jobs_job SET args = %s::jsonb, kwargs = %s::jsonb, unique_key = %s, subject = %s,
    queue = %s, limit_key = %s
WHERE uid = %s AND state IN ('waiting', 'delayed', 'blocked', 'failed', 'cancelled')
"""
