"""How fast each queue moves: rates and shares from the counters, durations from its most recent rows.

Bounded, whatever the size of the table: an hour of counters, and a sample of the jobs that completed last.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from jobs.queries.bounded import along_indexes

SAMPLE = 100  # completed jobs looked at per queue
_WINDOW = 5  # whole minutes before the current one that rates cover
_HOUR = 3600.0  # seconds that durations and the failure share cover

Durations = tuple[float, float]


@dataclass(frozen=True)
class Pace:
    """Rates are jobs per minute over the last five; counts and durations (seconds) cover the last hour at most.

    `waits` and `runs` are (p50, p95) of the jobs that completed last: from due to started, for jobs that
    started once, and of the last run.
    """

    arriving: float = 0.0
    finishing: float = 0.0
    completed: int = 0
    failed: int = 0
    waits: Durations | None = None
    runs: Durations | None = None

    @property
    def success(self) -> float | None:
        """The share of finished jobs that completed; None when none finished."""
        ended = self.completed + self.failed
        return self.completed / ended if ended else None


def paces(queues: Sequence[str]) -> dict[str, Pace]:
    """The pace of each queue; queues in which nothing happened are left out."""
    with along_indexes() as cursor:
        cursor.execute(_DURATIONS, {"hour": _HOUR, "sample": SAMPLE, "queues": list(queues)})
        durations = {queue: (waits, runs) for queue, waits, runs in cursor.fetchall()}
        cursor.execute(_COUNTED, {"window": _WINDOW, "queues": list(queues)})
        counted = {queue: counts for queue, *counts in cursor.fetchall()}
    moved = (queue for queue in queues if queue in counted or queue in durations)
    return {
        queue: _pace(counted.get(queue, (0.0, 0.0, 0, 0)), *durations.get(queue, (None, None)))
        for queue in moved
    }


def _pace(counts: Sequence[Any], waits: Sequence[float] | None, runs: Sequence[float] | None) -> Pace:
    arriving, finishing, completed, failed = counts
    return Pace(arriving, finishing, completed, failed, _pair(waits), _pair(runs))


def _pair(values: Sequence[float] | None) -> Durations | None:
    return (values[0], values[1]) if values else None


# The window ends in the middle of a minute: rates are per the seconds that it has lasted.
_COUNTED = """
WITH recent AS (
    SELECT queue, enqueued, completed, failed, at >= this.minute - make_interval(mins => %(window)s) AS just_now,
        60 / (%(window)s * 60 + extract(epoch FROM clock_timestamp() - this.minute))::float8 AS per_minute
    FROM (SELECT date_trunc('minute', clock_timestamp(), 'UTC') AS minute) AS this, jobs_metric
    WHERE period = 'minute' AND at > this.minute - interval '1 hour' AND queue = ANY(%(queues)s) AND task <> ''
)
SELECT queue,
    coalesce(sum(enqueued) FILTER (WHERE just_now), 0)::float8 * max(per_minute),
    coalesce(sum(completed + failed) FILTER (WHERE just_now), 0)::float8 * max(per_minute),
    sum(completed)::bigint, sum(failed)::bigint
FROM recent GROUP BY queue HAVING sum(enqueued + completed + failed) > 0
"""

# The comparison and the order are those of the index of finished jobs: with `queue = ... AND state = ...`
# the planner may walk the primary key instead, past every job of the other queues.
_DURATIONS = """
SELECT q.name,
    percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY waited) FILTER (WHERE waited IS NOT NULL),
    percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY ran) FILTER (WHERE ran IS NOT NULL)
FROM unnest(%(queues)s::text[]) AS q(name), LATERAL (
    SELECT queue, state, finished_at, extract(epoch FROM finished_at - started_at)::float8 AS ran,
        CASE WHEN runs = 1
            THEN greatest(0, extract(epoch FROM started_at - greatest(created_at, run_at)))::float8
            END AS waited
    FROM jobs_job
    WHERE state IN ('cancelled', 'completed', 'failed')
        AND (queue, state, id) <= (q.name, 'completed', 9223372036854775807)
    ORDER BY queue DESC, state DESC, id DESC LIMIT %(sample)s
) AS newest
WHERE newest.queue = q.name AND newest.state = 'completed'
    AND finished_at > clock_timestamp() - make_interval(secs => %(hour)s)
GROUP BY q.name
"""
