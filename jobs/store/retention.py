"""Finished jobs beyond what their queue keeps are deleted, a bounded number at a time."""

from dataclasses import dataclass

from django.db import connection, transaction

_BATCH = 1000

# The newest `keep` finished jobs stay, and so does everything younger than the grace and every child of
# an unfinished flow. The index (queue, state, id) gives the range; nothing is scanned.
_DOOMED = """
SELECT id, uid FROM jobs_job j
WHERE queue = %s AND state = %s
    AND id <= (SELECT id FROM jobs_job WHERE queue = %s AND state = %s ORDER BY id DESC OFFSET %s LIMIT 1)
    AND finished_at < clock_timestamp() - make_interval(secs => %s)
    AND NOT EXISTS (
        SELECT 1 FROM jobs_dependency d JOIN jobs_job p ON p.id = d.parent_id
        WHERE d.child_id = j.id AND p.finished_at IS NULL)
ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
"""


@dataclass(frozen=True)
class Keep:
    """How many finished jobs of a state a queue keeps, and for how many seconds it keeps all of them."""

    queue: str
    state: str
    count: int
    grace: float


def prune(keep: Keep) -> int:
    """Delete up to a batch of jobs with their attempts and results; answers how many."""
    with transaction.atomic(), connection.cursor() as cursor:
        values: list[str | int | float] = [
            keep.queue,
            keep.state,
            keep.queue,
            keep.state,
            keep.count,
            keep.grace,
            _BATCH,
        ]
        cursor.execute(_DOOMED, values)
        doomed = cursor.fetchall()
        if not doomed:
            return 0
        ids, uids = [row[0] for row in doomed], [row[1] for row in doomed]
        cursor.execute("DELETE FROM jobs_attempt WHERE job_id = ANY(%s)", [ids])
        cursor.execute(
            "DELETE FROM jobs_dependency WHERE parent_id = ANY(%s) OR child_id = ANY(%s)", [ids, ids]
        )
        cursor.execute("DELETE FROM django_celery_results_taskresult WHERE task_id = ANY(%s)", [uids])
        cursor.execute("DELETE FROM jobs_job WHERE id = ANY(%s)", [ids])
        return len(ids)
