"""Recorded arrivals of a queue, for `jobs.simulation`: from its jobs, or from the time series where they are gone."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection

from jobs import histogram
from jobs.simulation import Arrival

_GOLDEN = 0.6180339887498949  # its multiples, modulo 1, fill the interval evenly, however many there are

Span = tuple[float, float, float]  # a run: started, ended, delay before the next
Minute = tuple[float, str, int, str, str]  # at, task, enqueued, waits and runs as JSON


@dataclass(frozen=True)
class Recorded:
    """Arrivals, and what their runs waited in fact. `exact`: each from its own row, else spread over its minute."""

    arrivals: Sequence[Arrival]
    waited: Sequence[float]
    exact: bool


def recorded(queues: Sequence[str], span: timedelta) -> Recorded:
    """What arrived within the last `span`. Jobs that retention deleted are in the time series alone."""
    since = (datetime.now(UTC) - span).replace(second=0, microsecond=0)
    minutes: list[Minute] = _rows(_MINUTES, queues, since)
    ((there,),) = _rows(_THERE, queues, since)
    if there < sum(arrived for _, _, arrived, _, _ in minutes):
        return Recorded(list(_from_minutes(minutes)), list(_waits(minutes)), exact=False)
    arrivals: list[Arrival] = []
    waited: list[float] = []
    for due, priority, key, spans in _rows(_JOBS, queues, since):
        runs = list(_runs(due, json.loads(spans)))
        arrivals.append(Arrival(due, [(delay, seconds) for delay, seconds, _ in runs], priority, key))
        waited += [wait for _, _, wait in runs]
    return Recorded(arrivals, waited, exact=True)


def _runs(due: float, spans: Sequence[Span]) -> Iterator[tuple[float, float, float]]:
    """Per run the delay before it, how long it ran and how long it waited."""
    delay = 0.0
    for started, ended, next_delay in spans:
        yield delay, max(0.0, ended - started), max(0.0, started - due)
        due, delay = ended + next_delay, next_delay


def _from_minutes(minutes: Sequence[Minute]) -> Iterator[Arrival]:
    usual: dict[str, list[Mapping[int, int]]] = {}
    for _, task, _, _, runs in minutes:
        usual.setdefault(task, []).append(_counts(runs))
    lengths = {task: histogram.merge(parts) for task, parts in usual.items()}
    for at, task, arrived, _, _ in minutes:
        shares = [(n + 1) * _GOLDEN % 1 for n in range(arrived)]
        for n, seconds in enumerate(histogram.percentiles(lengths[task], shares)):
            yield Arrival(at + (n + 0.5) * 60 / arrived, [(0.0, seconds or 0.0)])


def _waits(minutes: Sequence[Minute]) -> Iterator[float]:
    for _, _, _, waits, _ in minutes:
        for place, count in _counts(waits).items():
            yield from [histogram.value(place)] * count


def _counts(stored: str) -> dict[int, int]:
    return {int(place): count for place, count in json.loads(stored).items()}


def _rows(sql: str, queues: Sequence[str], since: datetime) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(queues), since])
        return list(cursor.fetchall())


_THERE = "SELECT count(*) FROM jobs_job WHERE queue = ANY(%s) AND created_at >= %s"

# A parent was due when its last child ended. A job that was delayed and then retried counts from its creation:
# the retry overwrote when it was due.
_JOBS = """
SELECT extract(epoch FROM greatest(j.created_at, CASE WHEN j.runs = 1 THEN j.run_at END, (
        SELECT max(c.finished_at) FROM jobs_dependency d JOIN jobs_job c ON c.id = d.child_id
        WHERE d.parent_id = j.id)))::float8,
    j.priority, j.limit_key,
    jsonb_agg(jsonb_build_array(extract(epoch FROM a.started_at), extract(epoch FROM a.ended_at),
        coalesce(a.delay, 0)) ORDER BY a.run)
FROM jobs_job j JOIN jobs_attempt a ON a.job_id = j.id AND a.started_at IS NOT NULL
WHERE j.queue = ANY(%s) AND j.created_at >= %s
GROUP BY j.id ORDER BY j.id
"""
_MINUTES = """
SELECT extract(epoch FROM at)::float8, task, enqueued, waits, runs
FROM jobs_metric WHERE period = 'minute' AND queue = ANY(%s) AND at >= %s AND task <> ''
ORDER BY at, task
"""
