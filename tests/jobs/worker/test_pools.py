"""A worker whose pool keeps no time limits says so when it starts."""

import logging

import pytest

from execution.tasks.notifications import send_notification
from jobs.worker.pools import tasks_with_limits, warn_of_limits
from tests.jobs.faults.history import wait_for_all
from tests.processes import Platform
from tests.sample_tasks import moody, noop, overrun, overrun_softly

TASKS = [noop, overrun, overrun_softly]


@pytest.mark.parametrize(
    ("queues", "named"),
    [({"quick"}, [overrun.name, overrun_softly.name]), ({"fixed", "millrace.probe.w1"}, []), (set(), [])],
)
def test_tasks_with_a_hard_or_a_soft_limit_count_on_the_queue_that_they_go_to(
    queues: set[str], named: list[str]
) -> None:
    assert list(tasks_with_limits(TASKS, queues)) == named


@pytest.mark.parametrize(
    ("pool", "warned"), [("thread", 1), ("solo", 1), ("eventlet", 1), ("prefork", 0), ("gevent", 0)]
)
def test_a_pool_that_cannot_end_a_job_is_warned_of_once(
    pool: str, warned: int, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "jobs.worker.pools"):
        warn_of_limits(pool, TASKS, {"quick"})
        warn_of_limits(pool, TASKS, {"fixed"})
    assert len(caplog.records) == warned


def test_a_worker_with_threads_warns_and_lets_a_job_run_past_its_limit(platform: Platform) -> None:
    platform.dispatcher()
    worker = platform.worker("w1", "quick", 2, "--pool=threads")
    limited = moody.using(time_limit=1, max_attempts=1).enqueue("late", "long", seconds=2.0)
    wait_for_all([limited], 20)
    assert limited.get() == "late"
    [said] = [line for line in worker.log.read_text().splitlines() if "keeps no time limits" in line]
    assert f"{overrun.name}, {overrun_softly.name}" in said
    assert send_notification.time_limit
    assert send_notification.name not in said
