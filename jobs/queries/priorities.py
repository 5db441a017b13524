"""How many jobs wait at each priority."""

from dataclasses import dataclass

from jobs.priority import HIGHEST, LOWEST
from jobs.queries.bounded import along_indexes

MOST = 100_000  # jobs that are counted per priority: the cost must not grow with the backlog

_COUNTS = f"""
SELECT p, (SELECT count(*) FROM (
    SELECT 1 FROM jobs_job WHERE queue = %(queue)s AND state = 'waiting' AND priority = p LIMIT {MOST + 1}) AS counted)
FROM generate_series({LOWEST}, {HIGHEST}) AS p ORDER BY p DESC
"""  # noqa: S608 -- built from constants


@dataclass(frozen=True)
class PriorityCount:
    """Waiting jobs of one priority; `exact` is False when there are more than were counted."""

    priority: int
    waiting: int
    exact: bool


def priority_distribution(queue: str) -> list[PriorityCount]:
    """Of one queue, highest first."""
    with along_indexes() as cursor:
        cursor.execute(_COUNTS, {"queue": queue})
        return [PriorityCount(p, min(count, MOST), count <= MOST) for p, count in cursor.fetchall()]
