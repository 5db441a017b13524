"""What the API tells of the time series."""

from datetime import datetime
from typing import Literal

from jobs.http.answers import Issue
from jobs.http.schemas import Camel


class Spread(Camel):
    """Durations in seconds, right to within 2 %; null without any."""

    mean: float | None
    median: float | None
    p95: float | None
    p99: float | None


class Span(Camel):
    """What happened in a span. `depth` and `oldestSeconds` are the highest that were sampled."""

    enqueued: int
    started: int
    completed: int
    failed: int
    retried: int
    stalled: int
    cancelled: int
    fenced: int
    success_share: float | None
    depth: int | None
    oldest_seconds: float | None
    wait_seconds: Spread
    run_seconds: Spread


class Point(Span):
    """One step of a history; `at` is when it began."""

    at: datetime


class History(Camel):
    """A queue's history; steps in which nothing happened are left out."""

    queue: str
    by: Literal["minute", "hour", "day"]
    points: list[Point]
    total: Span


class Histories(Camel):
    """Every queue's."""

    queues: list[History]


class TaskPerformance(Camel):
    """One task over a span."""

    job_name: str
    task: str
    jobs_per_hour: float
    total: Span


class Performance(Camel):
    """How fast a queue was over a span, and its tasks, the slowest first."""

    queue: str
    hours: float
    jobs_per_hour: float
    total: Span
    tasks: list[TaskPerformance]


class Objective(Camel):
    """The share of jobs that start within a bound: promised and kept in the last hour and six hours.

    `burnRate` is how fast the allowance for late starts is used up: 1 uses exactly all of it.
    `drainSeconds` is how long the backlog takes at the present pace; null when it does not shrink.
    """

    within_seconds: float
    target: float
    last_hour: float | None
    last_six_hours: float | None
    burn_rate: float | None
    drain_seconds: float | None


class QueueVerdict(Camel):
    """A queue's health with the numbers behind it."""

    name: str
    status: Literal["healthy", "warning", "critical"]
    issues: list[Issue]
    waiting: int
    active: int
    open_dead_letters: int
    oldest_waiting_seconds: float | None
    success_share: float | None
    slots: int
    last_processed_at: datetime | None
    objective: Objective
