"""Everything the checker looks at: the history of what was done, and what the tables say in the end."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from jobs.chaos.queues import QUEUES

SERIES = (
    "enqueued",
    "started",
    "completed",
    "retried",
    "stalled",
    "failed",
    "cancelled",
)  # counters of Metric

_JOBS = """
SELECT uid, queue, state, extract(epoch FROM created_at)::float8, extract(epoch FROM run_at)::float8,
    extract(epoch FROM finished_at)::float8, runs, attempt, stalls, snoozes FROM jobs_job WHERE task = ANY(%s)
"""
_ATTEMPTS = """
SELECT j.uid, a.run, a.outcome, extract(epoch FROM a.started_at)::float8, extract(epoch FROM a.ended_at)::float8
FROM jobs_attempt a JOIN jobs_job j ON j.id = a.job_id WHERE j.task = ANY(%s) ORDER BY a.job_id, a.run
"""
_EXECUTIONS = """
SELECT uid, run, extract(epoch FROM began)::float8, extract(epoch FROM ended)::float8 FROM chaos_execution
"""
_TICKS = """
SELECT s.name, extract(epoch FROM r.due)::float8, r.outcome, r.job_uid FROM jobs_scheduledrun r
JOIN django_celery_beat_periodictask s ON s.id = r.schedule_id WHERE NOT r.by_hand ORDER BY s.name, r.due
"""
_COUNTED = f"""
SELECT {", ".join(f"coalesce(sum({name}), 0)::int" for name in SERIES)} FROM jobs_metric
WHERE period = 'total' AND queue = ANY(%s)
"""  # noqa: S608 -- built from constants
_NOT_COUNTED_YET = "SELECT kind, sum(n)::int FROM jobs_tally WHERE queue = ANY(%s) GROUP BY kind"


@dataclass(frozen=True)
class JobRow:
    """A job in the end. Times are Unix seconds."""

    uid: str
    queue: str
    state: str
    created: float
    run_at: float | None
    finished: float | None
    runs: int
    attempt: int
    stalls: int
    snoozes: int


@dataclass(frozen=True)
class AttemptRow:
    """A run that the platform committed."""

    uid: str
    run: int
    outcome: str
    started: float | None
    ended: float


@dataclass(frozen=True)
class Execution:
    """A body that ran, by its own testimony; `ended` None when it did not come to a good end."""

    uid: str
    run: int
    began: float
    ended: float | None


@dataclass(frozen=True)
class Tick:
    """A tick of a schedule that was dealt with."""

    schedule: str
    due: float
    outcome: str
    uid: str


@dataclass
class Facts:
    """All of it. `kinds` and `keys` by job id, as the history asked for them."""

    history: Sequence[Mapping[str, Any]] = ()
    jobs: dict[str, JobRow] = field(default_factory=dict)
    attempts: dict[str, list[AttemptRow]] = field(default_factory=dict)
    executions: dict[str, list[Execution]] = field(default_factory=dict)
    letters: set[str] = field(default_factory=set)
    ticks: Sequence[Tick] = ()
    kinds: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    own_attempts: int | None = None  # that a job of the user's own task has; None is without end
    series: dict[str, int] = field(default_factory=dict)  # the counters of the run's own queues

    def answered(self, event: str) -> set[str]:
        """Ids of the jobs whose call was answered so (`committed`, `rolled-back`, `unknown`, `cancelled`)."""
        return {uid for line in self.history if line["event"] == event for uid in line["uids"]}

    def of_kind(self, *kinds: str) -> list[JobRow]:
        """The rows of jobs of these kinds."""
        return [job for uid, job in self.jobs.items() if self.kinds.get(uid) in kinds]


def collect(history: Sequence[Mapping[str, Any]], tasks: Sequence[str]) -> Facts:
    """Read the tables, for jobs of these tasks."""
    facts = Facts(history)
    for line in history:
        if line["event"] == "asked":
            facts.kinds |= dict.fromkeys(line["uids"], line["kind"])
            facts.keys |= dict.fromkeys(line["uids"], line["key"])
    facts.jobs = {row[0]: JobRow(*row) for row in _rows(_JOBS, [list(tasks)])}
    attempts, executions = defaultdict(list), defaultdict(list)
    for row in _rows(_ATTEMPTS, [list(tasks)]):
        attempts[row[0]].append(AttemptRow(*row))
    for row in _rows(_EXECUTIONS):
        executions[row[0]].append(Execution(*row))
    facts.attempts, facts.executions = attempts, executions
    facts.letters = {row[0] for row in _rows("SELECT job_uid FROM jobs_deadletter")}
    facts.ticks = [Tick(*row) for row in _rows(_TICKS)]
    facts.series = _series()
    return facts


def _series() -> dict[str, int]:
    own = [queue.name for queue in QUEUES]
    (counted,) = _rows(_COUNTED, [own])
    return Counter(dict(zip(SERIES, counted, strict=True))) + Counter(dict(_rows(_NOT_COUNTED_YET, [own])))


def _rows(sql: str, values: Sequence[Any] = ()) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)
        return list(cursor.fetchall())
