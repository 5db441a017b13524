"""How the queues are doing, from the rows alone."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection

from jobs.states import State


@dataclass(frozen=True)
class QueueStats:
    """One queue. `counts` has every state; ages and durations are seconds; `success_share` is 0 to 1.

    Share, durations and the hourly number are those of runs that ended in the last hour; None without any.
    """

    queue: str
    counts: dict[str, int]
    oldest_waiting: float | None = None
    open_dead_letters: int = 0
    ended_last_hour: int = 0
    success_share: float | None = None
    run_mean: float | None = None
    run_p50: float | None = None
    run_p95: float | None = None
    run_p99: float | None = None
    last_ended_at: datetime | None = field(default=None)


def stats_of(queues: list[str]) -> list[QueueStats]:
    """The statistics of these queues, in this order."""
    counts = _counts(queues)
    oldest = dict(_rows(_OLDEST, queues))
    letters = dict(_rows(_LETTERS, queues))
    runs = {row[0]: row[1:] for row in _rows(_RUNS, queues)}
    return [
        QueueStats(
            name, counts[name], oldest.get(name), letters.get(name, 0), *runs.get(name, (0, *[None] * 6))
        )
        for name in queues
    ]


def counts_of(queues: list[str]) -> dict[str, dict[str, int]]:
    """How many jobs these queues have in each state; every state is named."""
    return _counts(queues)


def _counts(queues: list[str]) -> dict[str, dict[str, int]]:
    counts = {name: dict.fromkeys((str(state) for state in State), 0) for name in queues}
    for queue, state, count in _rows(_COUNTS, queues):
        counts[queue][state] = count
    return counts


def _rows(sql: str, queues: list[str]) -> list[tuple]:  # type: ignore[type-arg] -- as many columns as the SQL has
    with connection.cursor() as cursor:
        cursor.execute(sql, [queues])
        return cursor.fetchall()


_COUNTS = "SELECT queue, state, count(*) FROM jobs_job WHERE queue = ANY(%s) GROUP BY queue, state"

_OLDEST = """
SELECT queue, extract(epoch FROM clock_timestamp() - min(coalesce(run_at, created_at)))::float8
FROM jobs_job WHERE state = 'waiting' AND queue = ANY(%s) GROUP BY queue
"""

_LETTERS = """
SELECT queue, count(*) FROM jobs_deadletter WHERE resolution = '' AND queue = ANY(%s) GROUP BY queue
"""

_RUNS = """
SELECT j.queue, count(*),
    count(*) FILTER (WHERE a.outcome = 'completed')::float8
        / nullif(count(*) FILTER (WHERE a.outcome IN ('completed', 'failed', 'retried', 'stalled')), 0),
    avg(a.seconds),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY a.seconds),
    percentile_cont(0.95) WITHIN GROUP (ORDER BY a.seconds),
    percentile_cont(0.99) WITHIN GROUP (ORDER BY a.seconds),
    max(a.ended_at)
FROM jobs_attempt a JOIN jobs_job j ON j.id = a.job_id
WHERE a.ended_at > clock_timestamp() - interval '1 hour' AND j.queue = ANY(%s)
GROUP BY j.queue
"""
