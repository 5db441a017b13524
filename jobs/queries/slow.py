"""Runs that hang or take too long, judged by what they tell and by what others of their task took."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from jobs import histogram
from jobs.configuration import health_thresholds
from jobs.queries.bounded import along_indexes

_DAYS = 7  # of history that the p99 of a task is made of


@dataclass(frozen=True)
class Slow:
    """How many runs of a queue tell no progress, and how many are far beyond their task's p99 or stale-after."""

    stuck: int = 0
    late: int = 0


def slow_runs(queues: Sequence[str]) -> dict[str, Slow]:
    """For each of these queues. Only runs that are older than the thresholds are looked at."""
    limits = health_thresholds()
    least = min(limits.stuck_after, limits.beyond_p99)
    with connection.cursor() as cursor:
        cursor.execute(_RUNNING, [list(queues), least])
        running = cursor.fetchall()
    usual = _p99s(sorted({task for _, task, *_ in running}))
    found = {name: [0, 0] for name in queues}
    for queue, task, seconds, told, stale_after in running:
        found[queue][0] += not told and seconds > limits.stuck_after
        beyond = task in usual and seconds > usual[task] + limits.beyond_p99
        found[queue][1] += beyond or (stale_after is not None and seconds > stale_after)
    return {name: Slow(*counts) for name, counts in found.items()}


def _p99s(tasks: Sequence[str]) -> dict[str, float]:
    """The p99 of each task's run times, in seconds; tasks without history are left out."""
    if not tasks:
        return {}
    with along_indexes() as cursor:
        cursor.execute(_HISTORY, {"tasks": list(tasks), "days": _DAYS})
        counts = {task: {int(place): int(n) for place, n in merged} for task, merged in cursor.fetchall()}
    found = {task: histogram.percentile(merged, 0.99) for task, merged in counts.items()}
    return {task: seconds for task, seconds in found.items() if seconds is not None}


_RUNNING = """
SELECT queue, task, extract(epoch FROM clock_timestamp() - started_at)::float8,
    progress IS NOT NULL OR progress_detail IS NOT NULL, (options ->> 'stale_after')::float8
FROM jobs_job
WHERE state = 'active' AND queue = ANY(%s) AND started_at < clock_timestamp() - make_interval(secs => %s)
"""

# Whole hours, and the minutes after the last of them: two ranges of the counters' index.
_HISTORY = """
SELECT task, array_agg(ARRAY[key::bigint, n]) FROM (
    SELECT task, key, sum(value::bigint)::bigint AS n FROM (
        SELECT task, runs FROM jobs_metric
        WHERE period = 'hour' AND at > now() - make_interval(days => %(days)s) AND task = ANY(%(tasks)s)
        UNION ALL
        SELECT task, runs FROM jobs_metric WHERE period = 'minute' AND task = ANY(%(tasks)s) AND at >= coalesce(
            (SELECT max(at) + interval '1 hour' FROM jobs_metric WHERE period = 'hour'), '-infinity')
    ) AS m, jsonb_each_text(m.runs)
    GROUP BY task, key
) AS merged GROUP BY task
"""
