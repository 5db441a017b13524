"""How fast each queue moves, from its most recent rows: bounded, whatever the size of the table."""

from collections.abc import Sequence
from dataclasses import dataclass

from jobs.queries.bounded import along_indexes

SAMPLE = 200  # finished jobs looked at per queue and state
_ARRIVALS = 5_000  # newest jobs looked at, of all queues together
_WINDOW = 300.0  # seconds that rates cover
_HOUR = 3600.0  # seconds that durations and the failure share cover


@dataclass(frozen=True)
class Pace:
    """Rates are jobs per minute over the last five; durations are seconds over the last hour at most.

    `waits` and `runs` are (p50, p95): from due to started, for jobs that started once, and of the last run.
    """

    arriving: float = 0.0
    finishing: float = 0.0
    completed: int = 0
    failed: int = 0
    waits: tuple[float, float] | None = None
    runs: tuple[float, float] | None = None

    @property
    def success(self) -> float | None:
        """The share of finished jobs that completed; None when none finished."""
        ended = self.completed + self.failed
        return self.completed / ended if ended else None


def paces(queues: Sequence[str]) -> dict[str, Pace]:
    """The pace of each queue."""
    with along_indexes() as cursor:
        cursor.execute(_ARRIVING, [_ARRIVALS, _WINDOW, _ARRIVALS])
        arriving = dict(cursor.fetchall())
        cursor.execute(
            _FINISHED, {"window": _WINDOW, "hour": _HOUR, "sample": SAMPLE, "queues": list(queues)}
        )
        return {
            queue: Pace(arriving.get(queue, 0.0), finishing, completed, failed, _pair(waits), _pair(runs))
            for queue, finishing, completed, failed, waits, runs in cursor.fetchall()
        }


def _pair(values: Sequence[float] | None) -> tuple[float, float] | None:
    return (values[0], values[1]) if values else None


# When the sample does not reach back the whole window, the rate is that of the time it does cover.
_ARRIVING = """
WITH newest AS (
    SELECT queue, created_at FROM jobs_job ORDER BY id DESC LIMIT %s
), span AS (
    SELECT greatest(1, least(%s, CASE WHEN count(*) < %s THEN 'infinity'::float8
        ELSE extract(epoch FROM clock_timestamp() - min(created_at)) END)) AS seconds
    FROM newest
)
SELECT queue, (count(*) * 60 / max(span.seconds))::float8
FROM newest, span
WHERE created_at > clock_timestamp() - make_interval(secs => span.seconds)
GROUP BY queue
"""

# The comparison and the order are those of the index of finished jobs: with `queue = ... AND state = ...`
# the planner may walk the primary key instead, past every job of the other queues.
_RECENT = """
SELECT * FROM (
    SELECT queue, state, finished_at, extract(epoch FROM finished_at - started_at)::float8 AS ran,
        CASE WHEN runs = 1
            THEN greatest(0, extract(epoch FROM started_at - greatest(created_at, run_at)))::float8
            END AS waited
    FROM jobs_job
    WHERE state IN ('cancelled', 'completed', 'failed')
        AND (queue, state, id) <= (q.name, '{state}', 9223372036854775807)
    ORDER BY queue DESC, state DESC, id DESC LIMIT %(sample)s
) AS newest WHERE queue = q.name AND state = '{state}'
"""

_FINISHED = f"""
WITH ended AS (
    SELECT q.name, r.*, extract(epoch FROM clock_timestamp() - r.finished_at) AS age,
        least(%(window)s, CASE WHEN count(*) OVER alike < %(sample)s THEN 'infinity'::float8
            ELSE greatest(1, max(extract(epoch FROM clock_timestamp() - r.finished_at)) OVER alike)
            END) AS span
    FROM unnest(%(queues)s::text[]) AS q(name), LATERAL (
        ({_RECENT.format(state="completed")}) UNION ALL ({_RECENT.format(state="failed")})
    ) AS r
    WINDOW alike AS (PARTITION BY q.name, r.state)
)
SELECT name,
    coalesce(sum(60 / span) FILTER (WHERE age <= span), 0)::float8,
    count(*) FILTER (WHERE state = 'completed'),
    count(*) FILTER (WHERE state = 'failed'),
    percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY waited) FILTER (WHERE waited IS NOT NULL),
    percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY ran) FILTER (WHERE ran IS NOT NULL)
FROM ended WHERE age <= %(hour)s GROUP BY name
"""  # noqa: S608 -- built from constants
