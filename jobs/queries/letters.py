"""Dead letters: what failed for good and why, grouped by cause."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from jobs.models import DeadLetter

NEWEST = 5_000  # open letters that are grouped
PER_GROUP = 100


@dataclass(frozen=True)
class Cause:
    """Open letters with the same task, error type and place it was raised."""

    fingerprint: str
    task: str
    error_type: str
    error: str
    queues: Sequence[str]
    letters: int
    retryable: int
    first_at: datetime
    last_at: datetime


def causes(queue: str = "") -> list[Cause]:
    """The newest open letters grouped by cause, most recent first."""
    with connection.cursor() as cursor:
        cursor.execute(_CAUSES, {"queue": queue, "newest": NEWEST})
        return [Cause(*row) for row in cursor.fetchall()]


def letters_of(fingerprint: str, queue: str = "") -> list[DeadLetter]:
    """The newest open letters of one cause."""
    chosen: dict[str, Any] = {"fingerprint": fingerprint, "resolution": ""}
    if queue:
        chosen["queue"] = queue
    return list(DeadLetter.objects.filter(**chosen).order_by("-id")[:PER_GROUP])


def recently_resolved(limit: int = 20) -> list[DeadLetter]:
    """Letters that somebody dealt with, the latest first."""
    return list(DeadLetter.objects.exclude(resolution="").order_by("-resolved_at")[:limit])


_CAUSES = """
SELECT found.fingerprint, found.task, found.error_type, left(last.error, 500), found.queues, found.letters,
    found.retryable, found.first_at, found.last_at
FROM (
    SELECT fingerprint, max(task) AS task, max(error_type) AS error_type, array_agg(DISTINCT queue) AS queues,
        count(*) AS letters, count(*) FILTER (WHERE retryable) AS retryable, min(failed_at) AS first_at,
        max(failed_at) AS last_at, max(id) AS last_id
    FROM (
        SELECT id, fingerprint, task, error_type, queue, retryable, failed_at FROM jobs_deadletter
        WHERE resolution = '' AND (%(queue)s = '' OR queue = %(queue)s) ORDER BY id DESC LIMIT %(newest)s
    ) AS newest
    GROUP BY fingerprint
) AS found JOIN jobs_deadletter AS last ON last.id = found.last_id
ORDER BY found.last_id DESC
"""
