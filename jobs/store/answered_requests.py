"""Answers kept by idempotency keys: how long, and deleting them after that."""

from datetime import timedelta

from django.db import connection

KEPT = timedelta(days=1)


def prune_answers() -> int:
    """Delete answers that are not given again any more; answers how many."""
    with connection.cursor() as cursor:
        cursor.execute(_PRUNE, [KEPT.total_seconds()])
        return int(cursor.rowcount)


_PRUNE = """
DELETE FROM jobs_answeredrequest WHERE id IN (
    SELECT id FROM jobs_answeredrequest WHERE at < clock_timestamp() - make_interval(secs => %s)
    ORDER BY at LIMIT 1000 FOR UPDATE SKIP LOCKED)
"""
