"""A job that another one takes the place of (Celery's `self.replace`): the same id, the same row.

Until the replacement is inserted (`jobs.store.insert`), which may be at the end of a chain, the row is
`blocked` and its canvas says `replaced`.
"""

from django.db import connection, transaction

from jobs.store.dependencies import count_down


def end_replaced(uid: str, state: str, reason: str) -> None:
    """The replacement will never come: what should have led to it failed or was cancelled."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_END, [state, reason, uid])
        if row := cursor.fetchone():
            count_down([(row[0], False)])


_END = """
WITH ended AS (
    UPDATE jobs_job SET state = %s, reason = %s, finished_at = clock_timestamp()
    WHERE uid = %s AND state = 'blocked' AND canvas @> '{"replaced": true}'
    RETURNING id, queue, task, state, finished_at
), counted AS (
    INSERT INTO jobs_tally (queue, task, at, kind, n)
    SELECT queue, task, date_trunc('minute', finished_at, 'UTC'), state, 1 FROM ended
)
SELECT id FROM ended
"""
