"""A worker that grows with the backlog and shrinks after it."""

from tests.jobs.faults.history import assert_each_completed_once, wait_for_all
from tests.processes import Platform
from tests.sample_tasks import mark
from tests.waiting import wait_until


def test_a_worker_grows_with_its_backlog_and_shrinks_after_it(platform: Platform) -> None:
    platform.dispatcher()
    worker = platform.worker("w1", "quick", 1, "--autoscale=4,1", JOBS_AUTOSCALE_LOAD="1000")
    assert len(worker.children()) == 1
    results = mark.enqueue_many([{"name": str(n), "seconds": 0.5} for n in range(40)])
    wait_until(lambda: len(worker.children()) >= 4, 30, "the pool to grow")
    wait_for_all(results)
    assert_each_completed_once(results)
    wait_until(lambda: len(worker.children()) == 1, 60, "the pool to shrink")
