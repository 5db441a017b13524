"""What the API gives: responses. Names are camelCase on the wire; times are ISO 8601 in UTC."""

from datetime import datetime
from typing import Any, Literal

from jobs.http.schemas import Camel


class ProblemOut(Camel):
    """RFC 9457 problem details."""

    type: str
    title: str
    status: int
    detail: str
    fields: dict[str, str] | None = None


# What any address may be refused with, for its `response`.
PROBLEMS = dict.fromkeys((400, 401, 403, 404, 409, 413, 415, 422, 429, 503), ProblemOut)


class Links(Camel):
    """Where to go on from a job."""

    self: str
    wait: str
    events: str
    logs: str
    cancel: str
    retry: str
    promote: str


class Started(Camel):
    """A job that was made, or the one that it met (`created` is false).

    `happened` is created, met, or replaced: the job that it met carries this payload now.
    """

    id: str
    created: bool
    happened: Literal["created", "met", "replaced"]
    links: Links


class StartedMany(Camel):
    """The jobs of a bulk request, in its order."""

    jobs: list[Started]


class JobOut(Camel):
    """A job in a list. `attempts` counts used ones; `maxAttempts` null means the defaults of its task."""

    id: str
    job_name: str
    task: str
    queue_name: str
    state: str
    priority: int
    progress: float | None
    attempts: int
    max_attempts: int | None
    correlation_id: str
    subject: str
    tags: list[str]
    created_at: datetime
    run_at: datetime | None
    expires_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None
    worker: str
    reason: str
    links: Links


class JobPage(Camel):
    """A page; `next` is the cursor of the next one, null at the end."""

    items: list[JobOut]
    next: int | None


class AttemptOut(Camel):
    """A finished run. `seconds` is the run time, `delay` the seconds until the next run."""

    run: int
    outcome: str
    started_at: datetime | None
    ended_at: datetime
    seconds: float | None
    worker: str
    error_type: str
    error: str
    traceback: str
    delay: float | None
    reason: str


class Relative(Camel):
    """A job that this one waits for, or that waits for it."""

    id: str
    job_name: str
    state: str


class JobDetail(JobOut):
    """Everything about a job. `result` is null until it completed; secret fields of `data` are masked."""

    finished: bool
    runs: int
    stalls: int
    snoozes: int
    cancel_requested_at: datetime | None
    progress_details: Any
    data: dict[str, Any]
    options: dict[str, Any]
    attempt_history: list[AttemptOut]
    result: Any
    parents: list[Relative]
    children: list[Relative]


class EventPage(Camel):
    """Part of a job's events, as the WebSocket tells them. `more`: ask again with `after` = `cursor`.
    `gap`: events between `after` and the first one given are gone from the log."""

    events: list[dict[str, Any]]
    cursor: str
    more: bool
    gap: bool


class Durations(Camel):
    """Seconds, over the last hour at most."""

    p50: float
    p95: float


class ReasonOut(Camel):
    """One reason; `code` is stable, `until` is when it ends by itself, if that is known."""

    code: str
    sentence: str
    until: datetime | None
    advice: str


class Explanation(Camel):
    """Why a job is where it is, the reason that decides first."""

    id: str
    state: str
    reasons: list[ReasonOut]


class LimitsOut(Camel):
    """The limits that hold now, for the whole cluster; null is no limit. `ageing` is seconds of waiting
    that count as one step of priority."""

    rate: str | None
    rate_per_key: str | None
    burst: int | None
    max_running: int | None
    max_running_per_key: int | None
    fair: bool
    ageing: float | None


class QueueOut(Camel):
    """How a queue is doing. Rates are per minute over the last five; shares and durations those of the
    last hour at most. `waitSeconds` is from due to started."""

    name: str
    owner: str
    counts: dict[str, int]
    oldest_waiting_seconds: float | None
    open_dead_letters: int
    arriving_per_minute: float
    finishing_per_minute: float
    completed_recently: int
    failed_recently: int
    success_share: float | None
    wait_seconds: Durations | None
    run_seconds: Durations | None
    last_processed_at: datetime | None
    concurrency: int
    max_attempts: int | None
    state: Literal["open", "paused", "draining"]
    key: str | None
    limits: LimitsOut
    keep_completed: int
    keep_failed: int


class QueueActed(Camel):
    """The queue after the action, and how many jobs `clear` cancelled."""

    queue: QueueOut
    cancelled: int


class Queues(Camel):
    """Every queue."""

    queues: list[QueueOut]


class BreakerOut(Camel):
    """A circuit breaker. `phase`: closed, open, half-open or ramp; `share` of the window's `calls` failed;
    `guards`: the queues and tasks that it holds back while it is not closed."""

    name: str
    phase: str
    forced: bool
    since: datetime | None
    probe_at: datetime | None
    calls: int
    share: float | None
    guards: list[str]


class Breakers(Camel):
    """Every breaker."""

    breakers: list[BreakerOut]


class Issue(Camel):
    """Something that is not as it should be, and what to do about it."""

    level: str
    message: str
    recommendation: str


class QueueHealth(Camel):
    """A queue's verdict: healthy, warning or critical."""

    name: str
    status: str
    issues: list[Issue]
    last_processed_at: datetime | None


class Health(Camel):
    """The whole; `redis`, `database` and `beat` are ok or what is wrong."""

    status: str
    redis: str
    database: str
    beat: str
    last_processed_at: datetime | None
    queues: list[QueueHealth]


class Failure(Camel):
    """A dead letter: a job that failed for good, with everything that explains it. `history` has the runs
    before the last; `automatic` is how many automatic retries came before, `nextRetryAt` when one is due."""

    id: int
    job_id: str
    job_name: str
    task: str
    queue_name: str
    data: dict[str, Any]
    priority: int
    tags: list[str]
    correlation_id: str
    error_type: str
    error: str
    traceback: str
    fingerprint: str
    retryable: bool
    reason: str
    attempts: int
    failed_at: datetime
    resolution: str
    resolved_at: datetime | None
    resolved_by: str
    note: str
    history: list[dict[str, Any]]
    automatic: int | None
    next_retry_at: datetime | None
    retried_as: str


class Failures(Camel):
    """Recent failures, newest first."""

    items: list[Failure]


class LetterPage(Failures):
    """A page of dead letters."""

    next: int | None


class LetterStats(Camel):
    """Open dead letters of a queue."""

    total: int
    retryable: int
    not_retryable: int
    by_error: dict[str, int]
    by_day: dict[str, int]


class PriorityShare(Camel):
    """Waiting jobs of one priority. `level` and `weight` (1, 5, 10 or 20) are set where it has a name;
    `exact` is false when there are more than were counted."""

    priority: int
    level: str | None
    weight: int | None
    waiting: int
    exact: bool


class PriorityDistribution(Camel):
    """Waiting jobs by priority, highest first."""

    queue: str
    priorities: list[PriorityShare]


class Processed(Camel):
    """Automatic retries: letters planned, retried, and those that could not be."""

    planned: int
    retried: int
    refused: int


class BulkRetryOut(Camel):
    """A bulk retry: canary, running, finished or stopped; `reason` says why it stopped."""

    id: int
    state: str
    queue: str
    rate: float
    canary: int
    total: int
    retried: int
    refused: int
    reason: str
    created_by: str
    created_at: datetime
    finished_at: datetime | None


class Deleted(Camel):
    """How many were deleted."""

    deleted: int


class FlowStarted(Camel):
    """A flow's id and its jobs by their names in it."""

    id: str
    jobs: dict[str, Started]


class FlowEdge(Camel):
    """`job` waits for `after`; both are job ids."""

    job: str
    after: str


class FlowOut(Camel):
    """A flow as it is: `running` while any job has not ended, else failed, cancelled or completed."""

    id: str
    state: str
    counts: dict[str, int]
    jobs: list[JobOut]
    edges: list[FlowEdge]
