"""How many jobs there are. Exact, so its cost grows with the table: pages use `backlog`.

Beyond 100,000 jobs an answer is good for five seconds, however many ask.
"""

import time

from django.db import connection

_MANY = 100_000
_GOOD_FOR = 5.0  # seconds

_COUNTS = """
SELECT queue, state, count(*) FROM jobs_job GROUP BY queue, state
"""


Counts = dict[str, dict[str, int]]


class _Remembered:
    counts: Counts = {}  # noqa: RUF012 -- replaced as a whole
    until = 0.0


def counts_by_queue_and_state() -> Counts:
    """How many jobs each queue has in each state."""
    if time.monotonic() < _Remembered.until:
        return _Remembered.counts
    counts = _count()
    if sum(sum(states.values()) for states in counts.values()) > _MANY:
        _Remembered.counts, _Remembered.until = counts, time.monotonic() + _GOOD_FOR
    return counts


def _count() -> Counts:
    counts: Counts = {}
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS)
        for queue, state, count in cursor.fetchall():
            counts.setdefault(queue, {})[state] = count
    return counts
