"""Gathers the facts that explain a job, in a bounded number of queries."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from jobs.breaker import Phase
from jobs.configuration import queue_book
from jobs.explaining import Around, Child, Facts, Past, Reason, explain
from jobs.fence import keys
from jobs.fence.connection import REDIS_ERRORS, client
from jobs.guards import configured
from jobs.limits import Block
from jobs.models import Job
from jobs.names import tasks_by_any_name
from jobs.options import retry_policy
from jobs.queries.breakers import breakers_or_none
from jobs.queries.presence import presence
from jobs.queries.queue_settings import resolve, settings_of
from jobs.states import State

_LAST_RUNS = 20
_CHILDREN = 100
_AHEAD = 10_000  # jobs ahead that are counted


def explain_job(job: Job) -> list[Reason]:
    """Why the job is where it is, the reason that decides first."""
    around, until = _around(job) if job.state == State.WAITING else (Around(), {})
    runs = list(job.attempts.order_by("-run")[:_LAST_RUNS])[::-1]
    past = [Past(run.run, run.outcome, _why(run.error_type, run.error, run.reason)) for run in runs]
    blocked = job.state == State.BLOCKED
    children = Job.objects.filter(parents__parent=job).order_by("id")[:_CHILDREN] if blocked else ()
    return explain(
        Facts(
            state=State(job.state),
            queue=job.queue,
            task=job.short_task,
            key=job.limit_key,
            reason=job.reason,
            run_at=job.run_at,
            worker=job.worker,
            cancelling=(job.cancel_reason or "cancelled") if job.cancel_requested_at else "",
            breakers=_open_breakers(job) if job.state == State.WAITING else (),
            attempt=job.attempt,
            max_attempts=_max_attempts(job),
            past=past,
            children=[Child(child.uid, child.short_task, child.state) for child in children],
            pending_children=job.pending_children,
            blocked_until=until,
            around=around,
        )
    )


def _max_attempts(job: Job) -> int | None:
    """How often it may be tried: by its own wish, its task's, or its queue's; None for no limit or not known."""
    task = tasks_by_any_name().get(job.task)
    if job.max_attempts or task is None or job.queue not in queue_book():
        return job.max_attempts
    return retry_policy(task, queue_book().get(job.queue), {}).max_attempts


def _open_breakers(job: Job) -> list[str]:
    guarding = configured().names(job.queue, job.task)
    return [now.name for now in breakers_or_none() if now.name in guarding and now.phase != Phase.CLOSED]


def _why(error_type: str, error: str, reason: str) -> str:
    if not error_type:
        return reason
    first = error.splitlines()[0][:200] if error else ""
    return f"{error_type.rpartition('.')[2]}: {first}" if first else error_type


def _around(job: Job) -> tuple[Around, Mapping[str, datetime]]:
    now = presence([job.queue])
    if not now.reachable:
        return Around(reachable=False), {}
    try:
        redis: Any = client()
        report = json.loads(redis.get(keys.gate(job.queue)) or "{}")
        released = bool(redis.hexists(keys.tickets(job.queue), job.uid))
    except REDIS_ERRORS:
        return Around(reachable=False), {}
    settings = settings_of(job.queue)
    limits = resolve(queue_book().get(job.queue), settings) if job.queue in queue_book() else None
    blocks = {
        "queue": _block(report.get("queue")) or (Block("paused") if limits and limits.paused else None),
        "key": _block(report.get("keys", {}).get(job.limit_key)),
        "task": _block(report.get("tasks", {}).get(job.task)),
    }
    ahead = _ahead(job)
    around = Around(
        led=job.queue in now.led,
        slots=now.slots(job.queue),
        draining=bool(limits and limits.drain_to is not None and job.pk > limits.drain_to),
        closed_because="" if settings.state == settings.State.OPEN else settings.reason,
        block=blocks["queue"],
        key_block=blocks["key"],
        task_block=blocks["task"],
        ahead=ahead,
        ahead_at_least=ahead >= _AHEAD,
        released=released,
    )
    return around, _ends_of(blocks)


def _ends_of(blocks: Mapping[str, Block | None]) -> dict[str, datetime]:
    return {
        code: datetime.fromtimestamp(block.until, UTC)
        for code, block in blocks.items()
        if block is not None and block.until is not None
    }


def _block(told: Any) -> Block | None:
    return Block(**told) if told else None


def _ahead(job: Job) -> int:
    """Waiting jobs that come before it: counted along the release index, up to a bound."""
    with connection.cursor() as cursor:
        cursor.execute(_AHEAD_OF, [job.queue, job.priority, job.queue, job.priority, job.pk, _AHEAD])
        return int(cursor.fetchone()[0])


_AHEAD_OF = """
SELECT count(*) FROM (
    SELECT 1 FROM jobs_job WHERE queue = %s AND state = 'waiting' AND priority > %s
    UNION ALL
    SELECT 1 FROM jobs_job WHERE queue = %s AND state = 'waiting' AND priority = %s AND id < %s
    LIMIT %s
) AS before
"""
