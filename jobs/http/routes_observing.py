"""/jobs/stats, /jobs/health, /jobs/failures: how all of it is doing."""

from django.http import HttpRequest
from ninja import PatchDict, Query, Router

from jobs import control
from jobs.configuration import health_thresholds, queue_book
from jobs.fence.connection import REDIS_ERRORS, client
from jobs.health import Level, Vitals, problems
from jobs.http import represent
from jobs.http.answers import (
    PROBLEMS,
    Failures,
    Health,
    Issue,
    PriorityDistribution,
    PriorityShare,
    QueueActed,
    QueueHealth,
    QueueOut,
    Queues,
)
from jobs.http.auth import must_operate
from jobs.http.schemas import FailureFilter, LimitChanges, QueueAction, Text
from jobs.priority import NAMED, WEIGHTS
from jobs.queries.breakers import breakers_or_none, holding_back
from jobs.queries.failures import find_letters
from jobs.queries.overdue import standing_still
from jobs.queries.presence import Presence, presence
from jobs.queries.priorities import priority_distribution
from jobs.queries.queue_settings import limits_of
from jobs.queries.slow import Slow, slow_runs
from jobs.queries.stats import QueueStats, stats_of
from jobs.queues import Queue

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
    breakers, slow = breakers_or_none(), slow_runs(names)
    judged = [
        _judged(name, stats, present, holding_back(name, breakers), slow[name])
        for name, stats in stats_of(names).items()
    ]
    redis = "ok" if present.reachable else _redis_trouble()
    beat = _beat_trouble(standing_still())
    verdicts = {queue.status for queue in judged} | ({"critical"} if redis != "ok" else set())
    verdicts |= {"warning"} if beat != "ok" else set()
    return Health(
        status=next((v for v in ("critical", "warning") if v in verdicts), "healthy"),
        redis=redis,
        database="ok",  # it just answered
        beat=beat,
        last_processed_at=max((q.last_processed_at for q in judged if q.last_processed_at), default=None),
        queues=judged,
    )


@router.get("/failures", response={200: Failures, **PROBLEMS})
def failures(request: HttpRequest, wanted: Query[FailureFilter]) -> Failures:
    """Recent failures that nobody has dealt with: error, traceback, payload, attempts."""
    queue = queue_book().part(wanted.queue_name).name if wanted.queue_name else ""
    rows, _ = find_letters(queue, None, wanted.limit)
    return Failures(items=[represent.failure(row) for row in rows])


@queues_router.get("", response={200: Queues, **PROBLEMS})
def list_queues(request: HttpRequest) -> Queues:
    """Every queue with its numbers and settings."""
    return _queues()


@queues_router.get("/{queue}", response={200: QueueOut, **PROBLEMS})
def read_queue(request: HttpRequest, queue: Text) -> QueueOut:
    """One queue; hyphens and underscores mean the same."""
    declared = queue_book().part(queue)
    return _queue(declared)


@queues_router.patch("/{queue}", response={200: QueueOut, **PROBLEMS})
def change_queue(request: HttpRequest, queue: Text, changes: PatchDict[LimitChanges]) -> QueueOut:
    """Change limits, live: only the fields that are given."""
    user = must_operate(request, queue)
    control.change_limits(queue, changes, str(user))
    return _queue(queue_book().get(queue).parts[0])


@router.post("/queue-action", response={200: QueueActed, **PROBLEMS})
def queue_action(request: HttpRequest, body: QueueAction) -> QueueActed:
    """Pause, resume, drain or clear a queue. When pausing is answered, no job of it starts any more."""
    user = str(must_operate(request, body.queue_name))
    if body.action == "clear":
        cancelled = control.clear(body.queue_name, user, body.reason)
    else:
        cancelled = 0
        {"pause": control.pause, "resume": control.resume, "drain": control.drain}[body.action](
            body.queue_name, user, body.reason
        )
    return QueueActed(queue=_queue(queue_book().get(body.queue_name).parts[0]), cancelled=cancelled)


@queues_router.get("/{queue}/priority-distribution", response={200: PriorityDistribution, **PROBLEMS})
def read_priorities(request: HttpRequest, queue: Text) -> PriorityDistribution:
    """How many jobs wait at each priority from 0 to 10, with the names and weights of the levels."""
    name = queue_book().part(queue).name
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
    limits = limits_of(book.names)
    items = [represent.queue(queue, found[queue.name], limits[queue.name]) for queue in book]
    return Queues(queues=items)


def _queue(declared: Queue) -> QueueOut:
    name = declared.name
    return represent.queue(declared, stats_of([name])[name], limits_of([name])[name])


def _judged(
    name: str, stats: QueueStats, present: Presence, held_back: tuple[str, ...], slow: Slow
) -> QueueHealth:
    vitals = Vitals(
        waiting=stats.backlog.waiting.value,
        active=stats.backlog.active.value,
        dead=stats.backlog.dead.value,
        slots=present.slots(name),
        led=name in present.led,
        ended=stats.pace.completed + stats.pace.failed,
        success=stats.pace.success,
        deaf=present.deaf(name),
        held_back=held_back,
        stuck=slow.stuck,
        late=slow.late,
    )
    found = problems(vitals, health_thresholds())
    critical = any(problem.level == Level.CRITICAL for problem in found)
    issues = [
        Issue(level=str(problem.level), message=problem.sentence, recommendation=problem.advice)
        for problem in found
    ]
    status = "critical" if critical else "warning" if found else "healthy"
    return QueueHealth(name=name, status=status, issues=issues, last_processed_at=stats.last_ended_at)


def _beat_trouble(seconds: float | None) -> str:
    if seconds is None:
        return "ok"
    return f"schedules have stood still for {seconds:.0f} s: start `celery -A config beat`"


def _redis_trouble() -> str:
    try:
        client().ping()
    except REDIS_ERRORS as error:
        return f"does not answer: {error}"
    return "answers again"
