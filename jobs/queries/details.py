"""Everything about one job: its attempts, result, relatives."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from celery.states import SUCCESS
from django_celery_results.models import TaskResult

from jobs.models import Attempt, Job


@dataclass(frozen=True)
class Facts:
    """What the messages about a job need to know of its row."""

    uid: str
    correlation_id: str
    created_at: datetime
    run_at: datetime | None
    state: str
    runs: int
    attempt: int
    max_attempts: int | None


def facts_of(uids: Sequence[str]) -> dict[str, Facts]:
    """The facts of several jobs, by id; jobs that are gone are left out."""
    columns = ("uid", "correlation_id", "created_at", "run_at", "state", "runs", "attempt", "max_attempts")
    rows = Job.objects.filter(uid__in=uids).values_list(*columns)
    return {row[0]: Facts(*row) for row in rows}


def attempts_of(job: Job) -> list[Attempt]:
    """Every finished run, the first one first."""
    return list(Attempt.objects.filter(job=job).order_by("run"))


def result_of(uid: str) -> Any:
    """The value that a completed job gave back, as JSON values; None when there is none."""
    row = TaskResult.objects.filter(task_id=uid, status=SUCCESS).values_list("result").first()
    return None if row is None or row[0] is None else json.loads(row[0])


def children_of(job: Job) -> list[Job]:
    """The jobs that this one waits for."""
    return list(Job.objects.filter(parents__parent=job).order_by("id"))


def parents_of(job: Job) -> list[Job]:
    """The jobs that wait for this one."""
    return list(Job.objects.filter(children__child=job).order_by("id"))
