"""The same calls, run by a real dispatcher and worker and by the twin, leave the same rows."""

from typing import Any

from celery import chain, group
from django_celery_results.models import TaskResult

from jobs import testing
from jobs.models import Attempt, DeadLetter, Dependency, Job
from jobs.states import TERMINAL
from tests.processes import Platform
from tests.sample_tasks import (
    add,
    ask_again,
    courteous,
    fail,
    fail_until,
    large,
    noop,
    only_one,
    refuse,
    snooze_once,
    tell,
    unserialisable,
)
from tests.waiting import wait_until

COLUMNS = (
    "task", "queue", "state", "priority", "args", "kwargs", "runs", "attempt", "stalls", "snoozes", "progress",
    "pending_children", "reason", "unique_key", "correlation_id",
)  # fmt: skip


def enqueue_everything() -> None:
    """Jobs of every kind, with ids of their own."""
    for task, args in (
        (add, (1, 2)), (fail, ("bad luck",)), (refuse, ()), (fail_until, (3,)), (ask_again, (2,)),
        (snooze_once, ("dozing",)), (unserialisable, ()), (large, (100_000,)), (tell, (3,)), (courteous, ("hi",)),
        (only_one, ("a",)),
    ):  # fmt: skip
        task.apply_async(args, task_id=task.name, priority=7, correlation_id="all")
    noop.apply_async((1,), task_id="later", countdown=0.5)
    noop.apply_async((1,), task_id="too late", countdown=0.5, expires=0.1)
    noop.apply_async(task_id="after a good one", depends_on=["later"])
    noop.apply_async(task_id="after a bad one", depends_on=["after a good one", refuse.name])
    chain(
        add.s(1, 1).set(task_id="link 1"), add.s(5).set(task_id="link 2"), noop.s().set(task_id="link 3")
    ).apply_async()
    group(add.s(1, 1).set(task_id="part 1"), add.s(2, 2).set(task_id="part 2")).apply_async()


def rows() -> dict[str, Any]:
    """What is left of them, but for clocks, workers and ids."""
    attempts = Attempt.objects.order_by("job__uid", "run")
    letters = DeadLetter.objects.order_by("job_uid")
    return {
        "jobs": {job.pop("uid"): job for job in Job.objects.values("uid", *COLUMNS)},
        "details": dict(Job.objects.values_list("uid", "progress_detail")),
        "attempts": list(
            attempts.values("job__uid", "run", "outcome", "error_type", "error", "delay", "reason")
        ),
        "letters": list(
            letters.values("job_uid", "error_type", "error", "retryable", "reason", "attempts", "fingerprint")
        ),
        "results": list(TaskResult.objects.order_by("task_id").values("task_id", "status", "result")),
    }


def empty() -> None:
    """No jobs any more."""
    for model in (Dependency, Attempt, DeadLetter, Job, TaskResult):
        model._default_manager.all().delete()


def finished(count: int) -> bool:
    """Whether so many jobs ended, and no more live."""
    states = list(Job.objects.values_list("state", flat=True))
    return len(states) == count and set(states) <= TERMINAL


def test_a_real_worker_and_the_twin_leave_the_same_rows(platform: Platform, marks: None) -> None:
    from django.db import connection

    dispatcher = platform.dispatcher()
    platform.worker()
    enqueue_everything()
    wait_until(lambda: finished(20), 60, "the end of every job")
    dispatcher.stop()  # it would take what follows the twin's jobs before the twin does
    real = rows()
    empty()
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE tests_mark")

    with testing.stepwise(raise_errors=False) as jobs:
        enqueue_everything()
        jobs.run_until_idle()
        twin = rows()

    for part, expected in real.items():
        assert twin[part] == expected, part
    states = {uid: job["state"] for uid, job in twin["jobs"].items()}
    assert (states["too late"], states["after a bad one"], states["part 2"]) == (
        "cancelled",
        "failed",
        "completed",
    )
