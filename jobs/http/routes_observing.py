"""/jobs/stats, /jobs/health, /jobs/failures: how all of it is doing."""

from django.http import HttpRequest
from ninja import Query, Router

from jobs.configuration import queue_book
from jobs.fence.connection import REDIS_ERRORS, client
from jobs.health import Level, Vitals, problems
from jobs.http import represent
from jobs.http.answers import (
    Failures,
    Health,
    Issue,
    PriorityDistribution,
    PriorityShare,
    QueueHealth,
    QueueOut,
    Queues,
)
from jobs.http.routes_jobs import PROBLEMS
from jobs.http.schemas import FailureFilter, Text
from jobs.priority import NAMED, WEIGHTS
from jobs.queries.failures import find_letters
from jobs.queries.presence import Presence, presence
from jobs.queries.priorities import priority_distribution
from jobs.queries.stats import QueueStats, stats_of

router = Router(by_alias=True, tags=["observing"])
queues_router = Router(by_alias=True, tags=["queues"])


@router.get("/stats", response={200: Queues, **PROBLEMS})
def stats(request: HttpRequest) -> Queues:
    """Every queue: counts by state, rates, success share, durations."""
    return _queues()


@router.get("/health", response={200: Health, **PROBLEMS})
def health(request: HttpRequest) -> Health:
    """The verdict over all and per queue, with what to do about each issue."""
    names = queue_book().names
    present = presence(names)
    judged = [_judged(name, stats, present) for name, stats in stats_of(names).items()]
    redis = "ok" if present.reachable else _redis_trouble()
    verdicts = {queue.status for queue in judged} | ({"critical"} if redis != "ok" else set())
    return Health(
        status=next((v for v in ("critical", "warning") if v in verdicts), "healthy"),
        redis=redis,
        database="ok",  # it just answered
        last_processed_at=max((q.last_processed_at for q in judged if q.last_processed_at), default=None),
        queues=judged,
    )


@router.get("/failures", response={200: Failures, **PROBLEMS})
def failures(request: HttpRequest, wanted: Query[FailureFilter]) -> Failures:
    """Recent failures that nobody has dealt with: error, traceback, payload, attempts."""
    queue = queue_book().get(wanted.queue_name).name if wanted.queue_name else ""
    rows, _ = find_letters(queue, None, wanted.limit)
    return Failures(items=[represent.failure(row) for row in rows])


@queues_router.get("", response={200: Queues, **PROBLEMS})
def list_queues(request: HttpRequest) -> Queues:
    """Every queue with its numbers and settings."""
    return _queues()


@queues_router.get("/{queue}", response={200: QueueOut, **PROBLEMS})
def read_queue(request: HttpRequest, queue: Text) -> QueueOut:
    """One queue; hyphens and underscores mean the same."""
    declared = queue_book().get(queue)
    return represent.queue(declared, stats_of([declared.name])[declared.name])


@queues_router.get("/{queue}/priority-distribution", response={200: PriorityDistribution, **PROBLEMS})
def read_priorities(request: HttpRequest, queue: Text) -> PriorityDistribution:
    """How many jobs wait at each priority from 0 to 10, with the names and weights of the levels."""
    name = queue_book().get(queue).name
    levels = {int(priority): level for level, priority in NAMED.items()}
    weights = {int(priority): weight for weight, priority in WEIGHTS.items()}
    shares = [
        PriorityShare(**vars(each), level=levels.get(each.priority), weight=weights.get(each.priority))
        for each in priority_distribution(name)
    ]
    return PriorityDistribution(queue=name, priorities=shares)


def _queues() -> Queues:
    book = queue_book()
    found = stats_of(book.names)
    return Queues(queues=[represent.queue(declared, found[declared.name]) for declared in book])


def _judged(name: str, stats: QueueStats, present: Presence) -> QueueHealth:
    vitals = Vitals(
        waiting=stats.backlog.waiting.value,
        active=stats.backlog.active.value,
        dead=stats.backlog.dead.value,
        slots=present.slots(name),
        led=name in present.led,
        ended=stats.pace.completed + stats.pace.failed,
        success=stats.pace.success,
    )
    found = problems(vitals)
    critical = any(problem.level == Level.CRITICAL for problem in found)
    issues = [
        Issue(level=str(problem.level), message=problem.sentence, recommendation=problem.advice)
        for problem in found
    ]
    status = "critical" if critical else "warning" if found else "healthy"
    return QueueHealth(name=name, status=status, issues=issues, last_processed_at=stats.last_ended_at)


def _redis_trouble() -> str:
    try:
        client().ping()
    except REDIS_ERRORS as error:
        return f"does not answer: {error}"
    return "answers again"
