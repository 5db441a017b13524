"""What is kept of finished jobs."""

from datetime import UTC, datetime, timedelta

import pytest
from django_celery_results.models import TaskResult

from jobs.models import Attempt, DeadLetter, Dependency, Job
from jobs.store.retention import Keep, prune
from tests.jobs.rows import make_job

pytestmark = pytest.mark.django_db

LONG_AGO = datetime.now(UTC) - timedelta(days=1)


def finished(count: int, state: str = "completed", age: float = 3600.0, queue: str = "quick") -> list[str]:
    """So many jobs that ended `age` seconds ago, oldest first."""
    end = datetime.now(UTC) - timedelta(seconds=age)
    return [make_job(state=state, finished_at=end, queue=queue).uid for _ in range(count)]


def left() -> list[str]:
    """The jobs that are still there, oldest first."""
    return list(Job.objects.order_by("id").values_list("uid", flat=True))


@pytest.mark.parametrize(("keep", "deleted"), [(0, 5), (1, 4), (3, 2), (5, 0), (9, 0)])
def test_the_newest_are_kept(keep: int, deleted: int) -> None:
    uids = finished(5)
    assert prune(Keep("quick", "completed", keep, 60)) == deleted
    assert left() == uids[deleted:]
    assert prune(Keep("quick", "completed", keep, 60)) == 0


def test_whatever_ended_within_the_grace_is_kept() -> None:
    old, young = finished(3, age=3600), finished(3, age=10)
    assert prune(Keep("quick", "completed", 0, 60)) == 3
    assert left() == young
    assert old


def test_other_queues_and_states_are_left_alone() -> None:
    others = [
        *finished(2, "failed"),
        *finished(2, queue="fixed"),
        make_job().uid,
        make_job(state="active").uid,
    ]
    finished(2)
    assert prune(Keep("quick", "completed", 0, 60)) == 2
    assert left() == others


def test_a_job_goes_with_its_attempts_edges_and_result_but_its_dead_letter_stays() -> None:
    doomed, kept = finished(2, "failed")
    for uid in (doomed, kept):
        job = Job.objects.get(uid=uid)
        Attempt.objects.create(job=job, run=1, outcome="failed", ended_at=LONG_AGO)
        TaskResult.objects.create(task_id=uid)
        DeadLetter.objects.create(job_uid=uid, queue="quick", task="t", runs=1, failed_at=LONG_AGO)
    parent = make_job(state="completed", finished_at=datetime.now(UTC))
    Dependency.objects.create(parent=parent, child=Job.objects.get(uid=doomed), done=True)
    assert prune(Keep("quick", "failed", 1, 60)) == 1
    assert list(Attempt.objects.values_list("job__uid", flat=True)) == [kept]
    assert list(TaskResult.objects.values_list("task_id", flat=True)) == [kept]
    assert set(DeadLetter.objects.values_list("job_uid", flat=True)) == {doomed, kept}
    assert Dependency.objects.count() == 0


def test_a_child_is_kept_while_its_parent_is_unfinished() -> None:
    (child,) = finished(1)
    parent = make_job(state="blocked")
    Dependency.objects.create(parent=parent, child=Job.objects.get(uid=child), done=True)
    assert prune(Keep("quick", "completed", 0, 60)) == 0
    Job.objects.filter(id=parent.id).update(state="completed", finished_at=LONG_AGO)
    assert prune(Keep("quick", "completed", 0, 60)) == 2
    assert left() == []
