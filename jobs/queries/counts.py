"""How many jobs there are. Exact, so its cost grows with the table: pages use `backlog`."""

from django.db import connection

_COUNTS = """
SELECT queue, state, count(*) FROM jobs_job GROUP BY queue, state
"""


def counts_by_queue_and_state() -> dict[str, dict[str, int]]:
    """How many jobs each queue has in each state."""
    counts: dict[str, dict[str, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS)
        for queue, state, count in cursor.fetchall():
            counts.setdefault(queue, {})[state] = count
    return counts
