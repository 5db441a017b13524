"""The writer of the time series: one statement per batch, in the transaction of what it counts.

What happens in the fold is counted by the rows that moved, so an event that comes twice counts once. What
happens outside (`enqueued`, and what is cancelled or fails without a run) is appended as a tally by the
statement that does it, and added up here in the statement that deletes the tally.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.db import connection, transaction

from jobs import histogram

COUNTERS = (
    "enqueued", "started", "completed", "failed", "retried", "stalled", "cancelled", "fenced",
    "waited", "ran", "wait_us", "run_us",
)  # fmt: skip
EVER = datetime(1970, 1, 1, tzinfo=UTC)
_LATE = 3600.0  # seconds after which what is folded counts in the minute of the fold: hours stay as they are

Key = tuple[int, str, str]  # minute (Unix seconds), queue, task


@dataclass
class Counted:
    """What happened to a task's jobs in a minute."""

    counters: dict[str, int] = field(default_factory=dict)
    waits: dict[int, int] = field(default_factory=dict)
    runs: dict[int, int] = field(default_factory=dict)

    def count(self, name: str, n: int = 1) -> None:
        """One more."""
        self.counters[name] = self.counters.get(name, 0) + n

    def wait(self, seconds: float) -> None:
        """A run started this long after it was due."""
        self._measure(self.waits, "wait_us", "waited", seconds)

    def run(self, seconds: float) -> None:
        """A run ended after so many seconds."""
        self._measure(self.runs, "run_us", "ran", seconds)

    def _measure(self, counts: dict[int, int], total: str, number: str, seconds: float) -> None:
        place = histogram.bucket(seconds)
        counts[place] = counts.get(place, 0) + 1
        self.count(number)
        self.count(total, max(0, round(seconds * 1_000_000)))


class Batch:
    """What a batch of events did, by minute, queue and task."""

    def __init__(self, now: float) -> None:
        self._now = now
        self.counted: dict[Key, Counted] = {}

    def of(self, at: float, queue: str, task: str) -> Counted:
        """The counts of the minute of `at` (Unix seconds)."""
        moment = at if self._now - at < _LATE else self._now
        return self.counted.setdefault((int(moment // 60) * 60, queue, task), Counted())

    def write(self) -> None:
        """Add all of it to the time series."""
        if self.counted:
            with connection.cursor() as cursor:
                cursor.execute(_ADD, [json.dumps([*self._minutes(), *self._totals()])])

    def _minutes(self) -> Iterable[Mapping[str, object]]:
        for (minute, queue, task), found in self.counted.items():
            key = {"period": "minute", "at": minute, "queue": queue, "task": task}
            yield {**key, **found.counters, "waits": found.waits, "runs": found.runs}

    def _totals(self) -> Iterable[Mapping[str, object]]:
        totals: dict[tuple[str, str], Counted] = {}
        for (_, queue, task), found in self.counted.items():
            total = totals.setdefault((queue, task), Counted())
            for name, n in found.counters.items():
                total.count(name, n)
        for (queue, task), total in totals.items():
            key = {"period": "total", "at": 0, "queue": queue, "task": task}
            yield {**key, **total.counters, "waits": {}, "runs": {}}


def add_tallies(queues: Sequence[str]) -> None:
    """Add up what happened outside the fold."""
    with connection.cursor() as cursor:
        cursor.execute(_ADD_TALLIES, [list(queues)])


@dataclass(frozen=True)
class Sample:
    """How a queue is at a moment: jobs that wait, seconds the oldest has waited, outcomes fenced in this epoch."""

    queue: str
    depth: int
    oldest: float | None
    fenced: int
    epoch: str = ""


def write_samples(samples: Iterable[Sample], now: float) -> None:
    """Keep the highest of each minute, and count fenced outcomes that were not counted before."""
    rows = [vars(sample) | {"at": int(now // 60) * 60} for sample in samples]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_SAMPLE, [json.dumps(rows)])


def _merged(name: str) -> str:
    return f"""CASE WHEN excluded.{name} = '{{}}' THEN m.{name} ELSE (
        SELECT jsonb_object_agg(key, n) FROM (
            SELECT key, sum(value::bigint) AS n FROM (
                SELECT * FROM jsonb_each_text(m.{name}) UNION ALL SELECT * FROM jsonb_each_text(excluded.{name})
            ) AS of_both GROUP BY key) AS merged) END"""  # noqa: S608 -- built from constants


_SUMS = ", ".join(f"{name} = m.{name} + excluded.{name}" for name in COUNTERS)
_NAMES = ", ".join(COUNTERS)
_CONFLICT = "ON CONFLICT (period, at, queue, task) DO UPDATE SET"

# In the order of the key: two dispatchers that hand a queue over never wait for each other in a circle.
_ADD = f"""
INSERT INTO jobs_metric AS m (period, at, queue, task, {_NAMES}, waits, runs)
SELECT period, to_timestamp(at), queue, task, {", ".join(f"coalesce({name}, 0)" for name in COUNTERS)}, waits, runs
FROM json_to_recordset(%s::json) AS v(period text, at float8, queue text, task text,
    {", ".join(f"{name} bigint" for name in COUNTERS)}, waits jsonb, runs jsonb)
ORDER BY period, at, queue, task
{_CONFLICT} {_SUMS}, waits = {_merged("waits")}, runs = {_merged("runs")}
"""  # noqa: S608 -- built from constants

_KINDS = ("enqueued", "failed", "cancelled")
_ADD_TALLIES = f"""
WITH gone AS (
    DELETE FROM jobs_tally WHERE queue = ANY(%s) RETURNING queue, task, kind, n,
        CASE WHEN at > now() - interval '1 hour' THEN at ELSE date_trunc('minute', now(), 'UTC') END AS at
), spread AS (
    SELECT 'minute' AS period, at, queue, task, kind, n FROM gone
    UNION ALL SELECT 'total', to_timestamp(0), queue, task, kind, n FROM gone
)
INSERT INTO jobs_metric AS m (period, at, queue, task, {", ".join(_KINDS)}, waits, runs)
SELECT period, at, queue, task,
    {", ".join(f"coalesce(sum(n) FILTER (WHERE kind = '{kind}'), 0)" for kind in _KINDS)}, '{{}}', '{{}}'
FROM spread GROUP BY period, at, queue, task ORDER BY period, at, queue, task
{_CONFLICT} {", ".join(f"{kind} = m.{kind} + excluded.{kind}" for kind in _KINDS)}
"""  # noqa: S608 -- built from constants

# Redis counts from 0 again when it was emptied (another epoch). When it came back with what it knew a moment ago
# (the same epoch, a lower count), nothing is counted twice.
_SAMPLE = f"""
WITH v AS (
    SELECT * FROM json_to_recordset(%s::json)
        AS v(queue text, at float8, depth int, oldest float8, fenced bigint, epoch text)
), before AS (
    SELECT v.queue, greatest(0, v.fenced - CASE WHEN s.epoch = v.epoch THEN s.seen ELSE 0 END) AS more
    FROM v LEFT JOIN jobs_fencedseen s ON s.queue = v.queue
), seen AS (
    INSERT INTO jobs_fencedseen (queue, seen, epoch) SELECT queue, fenced, epoch FROM v ORDER BY queue
    ON CONFLICT (queue) DO UPDATE SET seen = excluded.seen, epoch = excluded.epoch
)
INSERT INTO jobs_metric AS m (period, at, queue, task, depth, oldest, fenced, waits, runs)
SELECT p.period, CASE p.period WHEN 'minute' THEN to_timestamp(v.at) ELSE to_timestamp(0) END, v.queue, '',
    CASE p.period WHEN 'minute' THEN v.depth END, CASE p.period WHEN 'minute' THEN v.oldest END,
    before.more, '{{}}', '{{}}'
FROM v JOIN before ON before.queue = v.queue, unnest(ARRAY['minute', 'total']) AS p(period)
WHERE p.period = 'minute' OR before.more > 0
ORDER BY 1, 2, 3
{_CONFLICT} depth = greatest(m.depth, excluded.depth), oldest = greatest(m.oldest, excluded.oldest),
    fenced = m.fenced + excluded.fenced
"""  # noqa: S608 -- built from constants
