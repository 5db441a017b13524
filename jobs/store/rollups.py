"""Minutes into hours, hours into days, and an end for each: 24 hours, 30 days, a year.

An hour or day is written anew from its parts until nothing can change them any more, so this may run any
number of times, late, or twice at once.
"""

from dataclasses import dataclass

from django.db import connection, transaction

from jobs.store.metrics import COUNTERS

_LOCK = 5_430_041


@dataclass(frozen=True)
class Rolled:
    """How many rows were written and deleted."""

    hours: int
    days: int
    deleted: int


def roll_up() -> Rolled:
    """Bring hours and days up to date, then delete what is older than it is kept."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        cursor.execute(_ROLL.format(source="minute", target="hour", again="2 hours"))
        hours = cursor.rowcount
        cursor.execute(_ROLL.format(source="hour", target="day", again="1 day"))
        days = cursor.rowcount
        cursor.execute(_DELETE)
        return Rolled(hours, days, cursor.rowcount)


def _merged(name: str) -> str:
    return f"""coalesce((SELECT jsonb_object_agg(key, n) FROM (
        SELECT key, sum(count::bigint) AS n
        FROM jsonb_array_elements(jsonb_agg({name})) AS parts(part), jsonb_each_text(part) AS each(key, count)
        GROUP BY key
    ) AS merged), '{{{{}}}}')"""  # noqa: S608 -- built from constants


_SET = ", ".join(f"{name} = excluded.{name}" for name in (*COUNTERS, "waits", "runs", "depth", "oldest"))
# What was folded late still changes the minutes of the last hour (`jobs.store.metrics`): hours are final
# two hours after they began.
_ROLL = f"""
INSERT INTO jobs_metric (period, at, queue, task, {", ".join(COUNTERS)}, waits, runs, depth, oldest)
SELECT '{{target}}', date_trunc('{{target}}', at, 'UTC'), queue, task, {", ".join(f"sum({name})" for name in COUNTERS)},
    {_merged("waits")}, {_merged("runs")}, max(depth), max(oldest)
FROM jobs_metric
WHERE period = '{{source}}' AND at < date_trunc('{{target}}', now(), 'UTC')
    AND at >= coalesce(
        (SELECT max(at) FROM jobs_metric WHERE period = '{{target}}') - interval '{{again}}', '-infinity')
GROUP BY 2, queue, task ORDER BY 2, queue, task
ON CONFLICT (period, at, queue, task) DO UPDATE SET {_SET}
"""  # noqa: S608 -- built from constants

_DELETE = """
DELETE FROM jobs_metric
WHERE (period = 'minute' AND at < date_trunc('hour', now() - interval '24 hours', 'UTC'))
    OR (period = 'hour' AND at < date_trunc('day', now() - interval '30 days', 'UTC'))
    OR (period = 'day' AND at < now() - interval '365 days')
"""
