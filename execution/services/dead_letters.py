"""Which dead letters somebody must be told of: each cause once, and again when the cooldown is over.

A cause is a fingerprint: task, error type and the place it was raised. What is read are the newest open
letters, not those behind a cursor: letters are committed in another order than they are numbered, and a
cursor would pass by the late ones.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from execution.models import LetterAlert

LOOKBACK = timedelta(hours=1)  # older letters are no news, also when alerts are switched on later
_NEWEST = 5_000  # letters that are looked at


@dataclass(frozen=True)
class News:
    """A cause with letters that nobody was told of; `letters` counts the open ones of the last hour."""

    fingerprint: str
    task: str
    error_type: str
    error: str
    queues: Sequence[str]
    letters: int
    retryable: int
    newest: int
    last_at: datetime


def news(but_not: Sequence[str], cooldown: timedelta) -> list[News]:
    """The causes to tell of now; `but_not` are tasks whose letters are not told."""
    now = timezone.now()
    chosen: dict[str, Any] = {
        "newest": _NEWEST,
        "since": now - LOOKBACK,
        "told": now - cooldown,
        "but_not": list(but_not),
    }
    with connection.cursor() as cursor:
        cursor.execute(_NEWS, chosen)
        return [News(*row) for row in cursor.fetchall()]


def take(found: News, cooldown: timedelta) -> bool:
    """Note, in the caller's transaction, that this cause is told now. False when somebody else was faster."""
    now = timezone.now()
    with transaction.atomic():
        row, made = LetterAlert.objects.select_for_update().get_or_create(
            fingerprint=found.fingerprint, defaults={"newest_letter": found.newest, "told_at": now}
        )
        if made:
            return True
        if row.told_at > now - cooldown or row.newest_letter >= found.newest:
            return False
        LetterAlert.objects.filter(pk=row.pk).update(newest_letter=found.newest, told_at=now)
        return True


_NEWS = """
SELECT letter.fingerprint, max(letter.task), max(letter.error_type),
    (array_agg(left(letter.error, 500) ORDER BY letter.id DESC))[1], array_agg(DISTINCT letter.queue),
    count(*), count(*) FILTER (WHERE letter.retryable), max(letter.id), max(letter.failed_at)
FROM (
    SELECT id, fingerprint, task, error_type, error, queue, retryable, failed_at FROM jobs_deadletter
    WHERE resolution = '' ORDER BY id DESC LIMIT %(newest)s
) AS letter
LEFT JOIN execution_letteralert AS alert ON alert.fingerprint = letter.fingerprint
WHERE letter.failed_at > %(since)s AND NOT letter.task = ANY(%(but_not)s::text[])
    AND (alert.id IS NULL OR alert.told_at <= %(told)s)
GROUP BY letter.fingerprint, alert.newest_letter
HAVING max(letter.id) > coalesce(alert.newest_letter, 0)
ORDER BY max(letter.id)
"""
