"""Finished jobs beyond what their queue keeps are deleted, a bounded number at a time."""

from dataclasses import dataclass

from django.db import connection, transaction

from jobs.store.planner import look_up_by_index

BATCH = 250  # rows that one call looks at: the dispatcher does nothing else meanwhile

# The index (queue, state, id) gives the oldest rows from the cursor on; only these are looked at, whatever
# becomes of them: not the rows behind them that are too young, nor those that a flow still needs. Rows are
# compared whole and sorted by all three columns because the planner, told that two of them are constant,
# may walk the primary key past every other queue's jobs.
_DOOMED = """
WITH bound AS (
    SELECT coalesce((SELECT id FROM jobs_job
                     WHERE (queue, state, id) >= (%(queue)s, %(state)s, 0)
                         AND (queue, state, id) <= (%(queue)s, %(state)s, 9223372036854775807)
                         AND state IN ('cancelled', 'completed', 'failed')
                     ORDER BY queue DESC, state DESC, id DESC OFFSET %(count)s LIMIT 1), 0) AS id
), oldest AS (
    SELECT id FROM jobs_job
    WHERE (queue, state, id) > (%(queue)s, %(state)s, %(after)s)
        AND (queue, state, id) <= (%(queue)s, %(state)s,
            CASE WHEN %(keep_for)s::float8 IS NULL THEN (SELECT id FROM bound) ELSE 9223372036854775807 END)
        AND state IN ('cancelled', 'completed', 'failed')
    ORDER BY queue, state, id LIMIT %(batch)s
), judged AS (
    SELECT j.id, j.uid, j.finished_at < clock_timestamp() - make_interval(secs => %(grace)s) AS old,
        j.id <= (SELECT id FROM bound)
            OR j.finished_at < clock_timestamp() - make_interval(secs => %(keep_for)s) AS beyond
    FROM jobs_job j WHERE j.id IN (SELECT id FROM oldest) FOR UPDATE SKIP LOCKED
)
SELECT id, uid, old AND beyond IS TRUE AND NOT EXISTS (
    SELECT 1 FROM jobs_dependency d JOIN jobs_job p ON p.id = d.parent_id
    WHERE d.child_id = judged.id AND p.finished_at IS NULL), old AND beyond IS TRUE
FROM judged ORDER BY id
"""


@dataclass(frozen=True)
class Keep:
    """How many finished jobs of a state a queue keeps, and for how many seconds it keeps all of them.

    `keep_for`: seconds after which they go although there are fewer; None for no limit.
    """

    queue: str
    state: str
    count: int
    grace: float
    keep_for: float | None = None


@dataclass(frozen=True)
class Pruned:
    """How many jobs were deleted, and after which row to go on: 0 is from the oldest."""

    deleted: int
    cursor: int

    @property
    def more(self) -> bool:
        """Whether there may be more to delete at once."""
        return self.cursor > 0


def prune(keep: Keep, after: int = 0) -> Pruned:
    """Delete up to a batch of jobs with their attempts, edges and results."""
    with transaction.atomic(), connection.cursor() as cursor:
        look_up_by_index()
        cursor.execute(_DOOMED, vars(keep) | {"after": after, "batch": BATCH})
        looked_at = cursor.fetchall()
        doomed = [(row_id, uid) for row_id, uid, free, _ in looked_at if free]
        if doomed:
            _delete([row_id for row_id, _ in doomed], [uid for _, uid in doomed])
    # Behind a row that is too young there are only younger ones.
    goes_on = len(looked_at) == BATCH and looked_at[-1][3]
    return Pruned(len(doomed), looked_at[-1][0] if goes_on else 0)


def _delete(ids: list[int], uids: list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM jobs_attempt WHERE job_id = ANY(%s)", [ids])
        cursor.execute("DELETE FROM jobs_dependency WHERE parent_id = ANY(%s)", [ids])
        cursor.execute("DELETE FROM jobs_dependency WHERE child_id = ANY(%s)", [ids])
        cursor.execute("DELETE FROM django_celery_results_taskresult WHERE task_id = ANY(%s)", [uids])
        cursor.execute("DELETE FROM jobs_job WHERE id = ANY(%s)", [ids])
