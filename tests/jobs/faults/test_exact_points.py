"""A process dies at an exact point, by its own hand: what it was doing is done, and counted, once."""

from collections.abc import Sequence
from pathlib import Path

from celery.result import AsyncResult
from django.utils import timezone

from jobs.models import Attempt, Job
from tests.jobs.faults.history import assert_each_completed_once, executions, wait_for_all
from tests.jobs.faults.points import arm, is_armed
from tests.processes import POINTS, Platform
from tests.sample_tasks import mark, moody
from tests.waiting import wait_until

# Where a pool process dies, how often the job's body then runs, and how its runs end.
RUNS = {
    "claimed": (1, ["stalled", "completed"]),
    "ran": (2, ["stalled", "completed"]),
    "finished": (1, ["completed"]),
}
# Where a dispatcher dies, and the queue that it leads.
ROUNDS = {
    "ticketed": "quick",
    "published": "tenants",
    "read": "fixed",
    "folded": "again",
    "acknowledged": "parted",
}


def test_a_pool_process_or_a_caller_dies_and_the_clocks_are_wrong(platform: Platform, tmp_path: Path) -> None:
    platform.dispatcher(points=tmp_path, CLOCK_SHIFT="-7200")
    platform.worker("w1", "quick", 1, points=tmp_path, CLOCK_SHIFT="7200")
    (delayed,) = mark.using(countdown=2, expires=60).enqueue_many([{"name": "delayed"}])
    arm(tmp_path, "committed")
    words = ["manage", "jobs", "enqueue", mark.name, "--data", '{"name": "orphan"}']
    caller = platform.python("caller", POINTS, *words, FAULT_POINTS=str(tmp_path))

    for point, (times, outcomes) in RUNS.items():
        arm(tmp_path, point)
        (result,) = mark.enqueue_many([{"name": point}])
        wait_for_all([result], 15)
        assert not is_armed(tmp_path, point)
        assert executions()[point] == times, point
        runs = Attempt.objects.filter(job__uid=result.id).order_by("run")
        assert list(runs.values_list("outcome", flat=True)) == outcomes, point

    assert caller.popen.wait(30) == -9
    wait_until(lambda: executions()["orphan"], 15, "the job of a caller that died before the wake-up")
    wait_until(lambda: not Job.objects.exclude(state="completed").exists(), 15, "the last outcome")
    _nothing_was_early_or_late(delayed)
    _dies_before_it_knows_that_its_bundles_outcomes_were_taken(tmp_path)


def _nothing_was_early_or_late(delayed: AsyncResult) -> None:
    now = timezone.now()
    for attempt in Attempt.objects.select_related("job"):
        assert attempt.started_at is not None
        assert attempt.job.created_at < attempt.started_at <= attempt.ended_at < now
        if attempt.job.uid == delayed.id:
            assert 2.0 <= (attempt.started_at - attempt.job.created_at).total_seconds() < 30.0


def _dies_before_it_knows_that_its_bundles_outcomes_were_taken(folder: Path) -> None:
    wait_for_all(_short(60))
    for _ in range(10):  # on a busy machine it takes some more until jobs are known to be short
        arm(folder, "bundle-told")
        results = _short(50)
        wait_for_all(results)
        assert_each_completed_once(results)
        if not is_armed(folder, "bundle-told"):
            return
    raise AssertionError("no bundle travelled")


def _short(count: int) -> Sequence[AsyncResult]:
    results: Sequence[AsyncResult] = moody.enqueue_many([{"name": str(n)} for n in range(count)])
    return results


def test_a_leading_dispatcher_dies_at_any_point_of_its_round(platform: Platform, tmp_path: Path) -> None:
    leaders = {}
    for point, queue in ROUNDS.items():
        (tmp_path / queue).mkdir()
        arm(tmp_path / queue, point)
        words = ["manage", "dispatcher", "--queues", queue]
        leaders[point] = platform.python(point, POINTS, *words, FAULT_POINTS=str(tmp_path / queue))
    results = [
        mark.using(queue=queue).enqueue(name=f"{point} {n}")
        for n in range(5)
        for point, queue in ROUNDS.items()
    ]
    platform.worker("w1", ",".join([*ROUNDS.values(), "parted.0", "parted.1", "parted.2"]))
    for point, leader in leaders.items():
        assert leader.popen.wait(30) == -9, point

    platform.dispatcher()

    wait_for_all(results, 30)
    assert_each_completed_once(results)
    assert executions() == {f"{point} {n}": 1 for point in ROUNDS for n in range(5)}
