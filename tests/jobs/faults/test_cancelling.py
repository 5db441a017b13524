"""Running jobs are cancelled, by real processes: each ends once, and everything that tells of it agrees."""

import os
import random
import signal
import threading
from typing import Any

import pytest
from celery.exceptions import TaskRevokedError
from django.db import connection
from django_celery_results.models import TaskResult

from config.celery import app
from jobs.errors import IllegalMove
from jobs.fence.connection import client
from jobs.models import Attempt, DeadLetter, Job
from jobs.store.cancelling import Cancellation
from jobs.store.dependencies import add_dependencies
from jobs.store.moves import cancel
from tests.jobs.faults.history import executions, wait_for_all
from tests.processes import Platform
from tests.sample_tasks import insist, mark, noop, sleep_on, spin, stubborn, tell_until_stopped, work
from tests.waiting import wait_until

INTERRUPTIBLE = Cancellation(running=True)
BY_ITS_OWN_CODE = Cancellation(running=True, by_its_own_code=True)


def started(task: Any, **payload: Any) -> Any:
    """A job that runs."""
    result = task.delay(**payload)
    wait_until(lambda: Job.objects.filter(uid=result.id, state="active").exists(), 30, "the start")
    return result


def the_end(uid: str) -> tuple[str, str, str]:
    """What row, last attempt and stored result say."""
    job = Job.objects.get(uid=uid)
    last = Attempt.objects.filter(job=job).order_by("run").last()
    assert last is not None
    assert last.reason == job.reason
    return job.state, last.outcome, TaskResult.objects.get(task_id=uid).status


CANCELLED = ("cancelled", "cancelled", "REVOKED")
COMPLETED = ("completed", "completed", "SUCCESS")


def reason_of(uid: str) -> str:
    """Why and how the job ended, by its row."""
    return Job.objects.get(uid=uid).reason


def test_a_job_that_looks_ends_by_itself(platform: Platform) -> None:
    platform.dispatcher()
    platform.worker()
    result = started(work, name="never", seconds=60)

    assert cancel(result.id, "cancelled by alice") == INTERRUPTIBLE

    wait_for_all([result], 5)
    assert the_end(result.id) == CANCELLED
    assert reason_of(result.id) == "cancelled by alice; it ended by itself"
    assert executions() == {}
    with pytest.raises(TaskRevokedError, match="cancelled by alice"):
        result.get(timeout=5)


def test_a_job_that_tells_progress_is_stopped_there_and_may_tell_of_tidying_up(platform: Platform) -> None:
    platform.dispatcher()
    platform.worker()
    result = started(tell_until_stopped)

    cancel(result.id, "enough")

    wait_for_all([result], 5)
    assert the_end(result.id) == CANCELLED
    assert reason_of(result.id) == "enough; it ended by itself"
    assert executions() == {"tidied up": 1}
    detail: Any = Job.objects.get(uid=result.id).progress_detail
    assert detail["message"] == "tidied up"


@pytest.mark.parametrize("task", [sleep_on, spin])
def test_a_job_that_does_not_look_is_interrupted_and_its_process_goes_on(
    platform: Platform, task: Any
) -> None:
    platform.dispatcher()
    worker = platform.worker(slots=1)
    (child,) = worker.children()
    result = started(task, seconds=60)

    cancel(result.id, "enough")

    wait_for_all([result], 10)
    assert the_end(result.id) == CANCELLED
    assert reason_of(result.id) == "enough; it was interrupted"
    assert mark.delay("next").get(timeout=30) == "next"
    assert worker.children() == [child]


def test_a_job_that_swallows_the_interruption_is_killed_and_not_run_again(platform: Platform) -> None:
    platform.dispatcher()
    worker = platform.worker(slots=1)
    (child,) = worker.children()
    result = started(stubborn, seconds=60)

    cancel(result.id, "enough")

    wait_for_all([result], 15)
    assert the_end(result.id) == CANCELLED
    assert reason_of(result.id) == "enough; its process was killed"
    assert executions() == {"swallowed": 1}
    assert mark.delay("next").get(timeout=30) == "next"
    assert child not in worker.children()
    assert Attempt.objects.filter(job__uid=result.id).count() == 1


def test_a_job_that_fails_again_and_again_is_not_tried_again(platform: Platform) -> None:
    platform.dispatcher()
    platform.worker()
    result = insist.delay()
    wait_until(lambda: Attempt.objects.filter(job__uid=result.id).count() > 2, 30, "some attempts")

    cancel(result.id, "enough")

    wait_for_all([result], 10)
    runs = Job.objects.get(uid=result.id).runs
    assert mark.delay("later").get(timeout=30) == "later"
    job = Job.objects.get(uid=result.id)
    assert (job.state, job.runs) == ("cancelled", runs)
    assert DeadLetter.objects.count() == 0


def test_what_waits_for_a_cancelled_job_fails(platform: Platform) -> None:
    platform.dispatcher()
    platform.worker()
    child = started(sleep_on, seconds=60)
    parent = noop.using(depends_on=[child.id]).enqueue()

    cancel(child.id, "enough")

    wait_for_all([child, parent], 15)
    assert Job.objects.get(uid=parent.id).state == "failed"
    with pytest.raises(Exception, match="is cancelled, so this one could never run"):
        add_dependencies(noop.delay().id, [child.id])


def test_asked_twice_the_first_reason_stays_and_an_ended_job_refuses(platform: Platform) -> None:
    platform.dispatcher()
    platform.worker()
    result = started(sleep_on, seconds=60)

    assert cancel(result.id, "first") == INTERRUPTIBLE
    assert cancel(result.id, "second") == INTERRUPTIBLE

    wait_for_all([result], 10)
    assert reason_of(result.id) == "first; it was interrupted"
    with pytest.raises(IllegalMove, match="cancelled"):
        cancel(result.id, "third")
    assert Attempt.objects.filter(job__uid=result.id).count() == 1


def test_in_a_pool_of_threads_only_the_jobs_own_code_can_end_it(platform: Platform) -> None:
    platform.dispatcher()
    platform.worker("w1", "quick,fixed,default", 2, "-P", "threads")
    sleeping, looking = started(sleep_on, seconds=4), started(work, name="never", seconds=60)

    assert cancel(sleeping.id, "enough") == BY_ITS_OWN_CODE
    assert cancel(looking.id, "enough") == BY_ITS_OWN_CODE

    wait_for_all([sleeping, looking], 20)
    assert the_end(looking.id) == CANCELLED
    assert the_end(sleeping.id) == COMPLETED


def test_a_cancelled_job_whose_worker_was_killed_is_not_run_again(platform: Platform) -> None:
    platform.dispatcher()
    doomed = platform.worker("w1")
    result = started(sleep_on, seconds=60)
    doomed.send(signal.SIGSTOP)  # it cannot see the request

    cancel(result.id, "cancelled by an operator")
    doomed.kill_group()
    platform.worker("w2")

    wait_for_all([result], 20)
    assert the_end(result.id) == CANCELLED
    assert reason_of(result.id) == "cancelled by an operator; its run had ended (stalled)"
    assert Job.objects.get(uid=result.id).runs == 1


def test_a_request_outlives_an_emptied_redis(platform: Platform) -> None:
    platform.dispatcher()
    worker = platform.worker(slots=1)
    result = started(sleep_on, seconds=60)
    worker.send(signal.SIGSTOP)

    cancel(result.id, "enough")
    client().flushall()
    worker.send(signal.SIGCONT)

    wait_for_all([result], 30)
    assert the_end(result.id) == CANCELLED
    assert reason_of(result.id).startswith("enough; ")


def test_celerys_own_calls_cancel(platform: Platform) -> None:
    platform.dispatcher()
    platform.worker()
    running, gentle = started(sleep_on, seconds=60), started(work, name="never", seconds=60)
    waiting = noop.using(countdown=3600).enqueue()

    waiting.revoke()
    gentle.revoke()
    app.control.revoke([running.id], terminate=True)

    wait_for_all([running, gentle, waiting], 10)
    assert the_end(running.id) == the_end(gentle.id) == CANCELLED
    assert reason_of(running.id) == "revoked; it was interrupted"
    assert Job.objects.get(uid=waiting.id).state == "cancelled"
    assert TaskResult.objects.get(task_id=waiting.id).status == "REVOKED"


def test_cancelled_at_any_moment_each_job_ends_once_and_the_canceller_knows(platform: Platform) -> None:
    platform.dispatcher()
    worker = platform.worker(slots=2)
    draw = random.Random(20)
    results = work.enqueue_many([{"name": str(n), "seconds": draw.uniform(0.0, 0.12)} for n in range(150)])
    told: dict[str, str] = {}

    def cancel_each(mine: list[Any]) -> None:
        for result in mine:
            threading.Event().wait(draw.uniform(0.0, 0.1))
            try:
                told[result.id] = str(cancel(result.id, "enough"))
            except IllegalMove:
                told[result.id] = "ended"
        connection.close()

    threads = [threading.Thread(target=cancel_each, args=(results[n::2],)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wait_for_all(results, 60)

    done = executions()
    for result in results:
        state = Job.objects.get(uid=result.id).state
        attempts = list(Attempt.objects.filter(job__uid=result.id).values_list("outcome", flat=True))
        assert state in {"completed", "cancelled"}
        assert attempts in ([state], [])
        assert attempts or told[result.id] == "cancelled"
        status = TaskResult.objects.get(task_id=result.id).status
        assert status == {"completed": "SUCCESS", "cancelled": "REVOKED"}[state]
        assert told[result.id] != "ended" or state == "completed"
    assert all(count == 1 for count in done.values())
    assert set(told.values()) > {"cancelled"}
    assert os.path.exists(f"/proc/{worker.pid}")
