"""Rows for tests, written past the door."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django_celery_results.models import TaskResult

from jobs.ids import new_id
from jobs.models import Attempt, DeadLetter, Dependency, Job


def make_job(uid: str = "", **columns: Any) -> Job:
    """A job of the queue `quick`."""
    values = {"queue": "quick", "task": "tests.sample_tasks.noop", "state": "waiting"} | columns
    created = values.pop("created_at", datetime.now(UTC))
    return Job.objects.create(uid=uid or new_id(), created_at=created, **values)


def snapshot() -> dict[str, list[Any]]:
    """Everything that a fold may write, but for clocks of the database and ids of history."""
    clocks = {"run_at"}
    return {
        "jobs": [_without(row, clocks) for row in Job.objects.order_by("id").values()],
        "attempts": [_without(row, {"id"}) for row in Attempt.objects.order_by("job_id", "run").values()],
        "letters": [_without(row, {"id"}) for row in DeadLetter.objects.order_by("job_uid", "runs").values()],
        "results": [_without(row, {"id"}) for row in TaskResult.objects.order_by("task_id").values()],
        "edges": list(Dependency.objects.order_by("id").values()),
    }


def _without(row: Mapping[str, Any], left_out: set[str]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in left_out}
