"""Two hundred jobs in flight, and something is killed: every job completes once, with no hand raised."""

import os
import signal
from collections.abc import Sequence
from typing import Any

import pytest

from jobs.localservices.launcher import Launcher
from jobs.models import Attempt, Job
from tests.jobs.faults.history import (
    assert_each_completed_once,
    executions,
    wait_for_all,
    wait_for_done,
)
from tests.processes import Platform, Process
from tests.sample_tasks import mark
from tests.waiting import wait_until

JOBS = 200


def _in_flight(seconds: float = 0.03) -> Sequence[Any]:
    results: Sequence[Any] = mark.enqueue_many([{"name": str(n), "seconds": seconds} for n in range(JOBS)])
    wait_for_done(results, 20)
    return results


def test_a_pool_child_is_killed(platform: Platform) -> None:
    platform.dispatcher()
    worker = platform.worker()
    results = _in_flight()

    os.kill(worker.children()[0], signal.SIGKILL)

    wait_for_all(results)
    assert_each_completed_once(results)
    assert len(executions()) == JOBS


def test_the_job_of_a_killed_pool_child_is_started_again_within_two_seconds(platform: Platform) -> None:
    platform.dispatcher()
    worker = platform.worker()
    assert (
        min(_restart_after_a_kill(worker) for _ in range(3)) < 2.0
    )  # the quickest: a busy machine is no fault


def _restart_after_a_kill(worker: Process) -> float:
    """Seconds from the loss of a run, with its process, to the start of the next."""
    (result,) = mark.enqueue_many([{"name": "long", "seconds": 1.0}])
    wait_until(lambda: Job.objects.filter(uid=result.id, state="active").exists(), 15, "the start")
    for child in worker.children():
        os.kill(child, signal.SIGKILL)
    wait_for_all([result])
    lost, again = Attempt.objects.filter(job__uid=result.id).order_by("run")
    assert (lost.outcome, again.outcome) == ("stalled", "completed")
    assert again.started_at is not None
    return (again.started_at - lost.ended_at).total_seconds()


def test_a_worker_is_killed_with_all_its_children(platform: Platform) -> None:
    platform.dispatcher()
    doomed = platform.worker("w1")
    platform.worker("w2")
    results = _in_flight()

    doomed.kill_group()

    wait_for_all(results)
    assert_each_completed_once(results)


def test_the_leading_dispatcher_is_killed(platform: Platform) -> None:
    leader = platform.dispatcher("d1")
    platform.worker()
    first = _in_flight()
    platform.dispatcher("d2")

    leader.kill_group()
    later = mark.enqueue_many([{"name": f"later {n}"} for n in range(20)])

    wait_for_all([*first, *later])
    assert_each_completed_once([*first, *later])


def test_valkey_is_killed_and_restarted(platform: Platform, services: Launcher) -> None:
    platform.dispatcher()
    platform.worker()
    results = _in_flight()

    services.valkey.kill()
    while_down = mark.enqueue_many([{"name": f"while down {n}"} for n in range(10)])
    services.valkey.start()

    wait_for_all([*results, *while_down])
    assert_each_completed_once([*results, *while_down])


def test_valkey_is_emptied(platform: Platform) -> None:
    from jobs.fence.connection import client

    platform.dispatcher()
    platform.worker()
    results = _in_flight()

    client().flushall()

    wait_for_all(results)
    assert_each_completed_once(results)


def test_postgresql_is_killed_and_restarted(platform: Platform, services: Launcher) -> None:
    platform.dispatcher()
    platform.worker()
    results = _in_flight()

    services.postgres.kill()
    services.postgres.start()

    wait_for_all(results)
    assert_each_completed_once(results)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGQUIT])
def test_a_worker_is_told_to_go(platform: Platform, number: signal.Signals) -> None:
    platform.dispatcher()
    leaving = platform.worker("w1")
    platform.worker("w2")
    results = _in_flight()

    leaving.send(number)

    wait_for_all(results)
    assert_each_completed_once(results)


def test_a_worker_that_slept_past_its_lease_is_fenced(platform: Platform) -> None:
    platform.dispatcher()
    sleeper = platform.worker("w1", slots=1)
    (result,) = mark.enqueue_many([{"name": "slow", "seconds": 1.0}])
    wait_until(lambda: Job.objects.filter(uid=result.id, state="active").exists(), 15, "the start")

    os.killpg(sleeper.pid, signal.SIGSTOP)
    platform.worker("w2", slots=1)
    wait_for_all([result])
    os.killpg(sleeper.pid, signal.SIGCONT)

    wait_until(lambda: "fenced" in sleeper.log.read_text(), 15, "the fence")
    assert_each_completed_once([result])
    assert Attempt.objects.get(job__uid=result.id, run=1).outcome == "stalled"
