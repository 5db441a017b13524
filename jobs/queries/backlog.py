"""What each queue has to do, by counts whose cost does not grow with the backlog."""

from collections.abc import Sequence
from dataclasses import dataclass

from jobs.queries.bounded import along_indexes

CAP = 10_000


@dataclass(frozen=True)
class Count:
    """A number of rows, counted up to `CAP`."""

    value: int

    @property
    def capped(self) -> bool:
        """Whether there are more than were counted."""
        return self.value > CAP

    def __str__(self) -> str:
        return f"{CAP // 1000}k+" if self.capped else f"{self.value:,}"


@dataclass(frozen=True)
class Backlog:
    """One queue's unfinished work. `oldest` is how many seconds its oldest waiting job has waited."""

    waiting: Count
    delayed: Count
    active: Count
    dead: Count
    oldest: float | None


def backlogs(queues: Sequence[str]) -> dict[str, Backlog]:
    """The backlog of each queue; `dead` counts open dead letters."""
    with along_indexes() as cursor:
        cursor.execute(_BACKLOG, [list(queues)])
        return {
            name: Backlog(Count(waiting), Count(delayed), Count(active), Count(dead), oldest)
            for name, waiting, delayed, active, dead, oldest in cursor.fetchall()
        }


def _bounded(table: str, condition: str) -> str:
    rows = f"{table} WHERE queue = q.name AND {condition} LIMIT {CAP + 1}"
    return f"LATERAL (SELECT count(*) AS n FROM (SELECT 1 FROM {rows}) AS bounded)"  # noqa: S608 -- constants


# Within a priority the lowest id is the oldest, which the index of waiting jobs gives in one probe each.
_BACKLOG = f"""
SELECT q.name, waiting.n, delayed.n, active.n, dead.n,
    CASE WHEN oldest.at IS NOT NULL
        THEN greatest(0, extract(epoch FROM clock_timestamp() - oldest.at))::float8 END
FROM unnest(%s::text[]) AS q(name),
    {_bounded("jobs_job", "state = 'waiting'")} AS waiting,
    {_bounded("jobs_job", "state = 'delayed'")} AS delayed,
    {_bounded("jobs_job", "state = 'active'")} AS active,
    {_bounded("jobs_deadletter", "resolution = ''")} AS dead,
    LATERAL (
        SELECT min(first.at) AS at FROM generate_series(0, 10) AS p(priority), LATERAL (
            SELECT greatest(created_at, run_at) AS at FROM jobs_job
            WHERE queue = q.name AND state = 'waiting' AND priority = p.priority ORDER BY id LIMIT 1
        ) AS first
    ) AS oldest
"""  # noqa: S608 -- built from constants
