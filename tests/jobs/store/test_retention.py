"""What is kept of finished jobs."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import override_settings
from django_celery_results.models import TaskResult

from jobs.dispatcher import pruning
from jobs.dispatcher.pruning import Pruner
from jobs.models import Attempt, DeadLetter, Dependency, Job
from jobs.store import retention
from jobs.store.planner import look_up_by_index
from jobs.store.retention import Keep, Pruned, prune
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
    assert prune(Keep("quick", "completed", keep, 60)).deleted == deleted
    assert left() == uids[deleted:]
    assert prune(Keep("quick", "completed", keep, 60)).deleted == 0


def test_whatever_ended_within_the_grace_is_kept() -> None:
    old, young = finished(3, age=3600), finished(3, age=10)
    assert prune(Keep("quick", "completed", 0, 60)).deleted == 3
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
    assert prune(Keep("quick", "completed", 0, 60)).deleted == 2
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
    assert prune(Keep("quick", "failed", 1, 60)).deleted == 1
    assert list(Attempt.objects.values_list("job__uid", flat=True)) == [kept]
    assert list(TaskResult.objects.values_list("task_id", flat=True)) == [kept]
    assert set(DeadLetter.objects.values_list("job_uid", flat=True)) == {doomed, kept}
    assert Dependency.objects.count() == 0


def test_a_child_is_kept_while_its_parent_is_unfinished() -> None:
    (child,) = finished(1)
    parent = make_job(state="blocked")
    Dependency.objects.create(parent=parent, child=Job.objects.get(uid=child), done=True)
    assert prune(Keep("quick", "completed", 0, 60)).deleted == 0
    Job.objects.filter(id=parent.id).update(state="completed", finished_at=LONG_AGO)
    assert prune(Keep("quick", "completed", 0, 60)).deleted == 2
    assert left() == []


def test_what_is_older_than_the_queue_keeps_goes_although_there_are_few() -> None:
    finished(3, age=7200)
    young = finished(2, age=600)
    assert prune(Keep("quick", "completed", 100, 60, keep_for=3600)).deleted == 3
    assert left() == young


def test_the_grace_outlasts_a_shorter_age() -> None:
    young = finished(2, age=30)
    assert prune(Keep("quick", "completed", 0, 60, keep_for=10)) == Pruned(0, 0)
    assert left() == young


def test_jobs_that_a_flow_needs_are_stepped_over_by_the_cursor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    held, others = finished(2), finished(3)
    parent = make_job(state="blocked")
    for child in Job.objects.filter(uid__in=held):
        Dependency.objects.create(parent=parent, child=child, done=True)
    first = prune(Keep("quick", "completed", 0, 60))
    assert (first.deleted, first.more) == (0, True)
    second = prune(Keep("quick", "completed", 0, 60), first.cursor)
    assert (second.deleted, second.more) == (2, True)
    assert prune(Keep("quick", "completed", 0, 60), second.cursor) == Pruned(1, 0)
    assert left() == [*held, parent.uid]
    assert others


def test_twenty_thousand_go_in_batches_along_the_index_without_a_scan() -> None:
    with connection.cursor() as cursor:
        cursor.execute(_TWENTY_THOUSAND)
        cursor.execute("ANALYZE jobs_job")
        look_up_by_index()
        keep = Keep("quick", "completed", 100, 60)
        values = vars(keep) | {"after": 0, "batch": retention.BATCH}
        cursor.execute(f"EXPLAIN {retention._DOOMED}", values)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Seq Scan" not in plan
    assert plan.count("job_finished") == 2
    batches = 0
    after = 0
    while (pruned := prune(keep, after)).deleted:
        batches, after = batches + 1, pruned.cursor
    assert (batches, Job.objects.count()) == (80, 100)


def test_a_pruner_goes_on_where_it_stopped_and_rests_when_there_is_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    finished(9, queue="fixed")
    monkeypatch.setattr(pruning, "_BUDGET", 0.0)
    pruner = Pruner()
    with override_settings(JOBS_RETENTION_GRACE=60):
        assert [pruner.work(["fixed"]) for _ in range(7)] == [2, 0, 0, 2, 2, 0, 0]
    assert Job.objects.count() == 3


_TWENTY_THOUSAND = """
INSERT INTO jobs_job (uid, queue, task, state, priority, args, kwargs, options, runs, attempt, stalls, snoozes,
    pending_children, correlation_id, subject, tags, worker, reason, created_at, finished_at)
SELECT 'j' || n, 'quick', 'tests.sample_tasks.noop', 'completed', 5, '[]', '{}', '{}', 1, 1, 0, 0, 0, '', '', '{}',
    '', '', now() - interval '1 day', now() - interval '1 hour'
FROM generate_series(1, 20000) AS n
"""
