"""A new payload for a job that is not running."""

import json
from dataclasses import dataclass

from django.db import IntegrityError, connection, transaction

from jobs.errors import IllegalMove
from jobs.payloads import VERSION


@dataclass(frozen=True)
class Payload:
    """Checked arguments as JSON text, and what follows from them."""

    args: str
    kwargs: str
    unique_key: str | None
    subject: str
    queue: str
    limit_key: str
    version: int


def replace_payload(uid: str, payload: Payload) -> None:
    """Write it, in the caller's transaction, which holds the row. IllegalMove when another live job has
    the key, or the job runs or completed."""
    version = json.dumps({VERSION: payload.version} if payload.version > 1 else {})
    values = [
        payload.args, payload.kwargs, payload.unique_key, payload.subject, payload.queue, payload.limit_key,
        VERSION, version, uid,
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
    queue = %s, limit_key = %s, options = options - %s::text || %s::jsonb
WHERE uid = %s AND state IN ('waiting', 'delayed', 'blocked', 'failed', 'cancelled')
"""
