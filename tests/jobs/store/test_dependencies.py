"""Parents that wait for children."""

import pytest
from django_celery_results.models import TaskResult

from jobs.errors import OptionRefused
from jobs.models import DeadLetter, Dependency, Job
from jobs.store.dependencies import add_dependencies, count_down
from tests.jobs.rows import make_job, snapshot

pytestmark = pytest.mark.django_db


def family(count: int, **columns: object) -> tuple[Job, list[Job]]:
    """A parent that waits for so many children."""
    parent, children = make_job("parent", **columns), [make_job(f"child-{n}") for n in range(count)]
    assert add_dependencies(parent.uid, [child.uid for child in children]) == count
    return parent, children


def queues_told(finished: list[tuple[int, bool]]) -> set[str]:
    """The queues of the parents that moved."""
    return {parent.queue for parent in count_down(finished)}


def state_of(uid: str) -> tuple[str, int]:
    """The state and how many children are pending."""
    job = Job.objects.get(uid=uid)
    return job.state, job.pending_children


def test_a_parent_waits_for_the_last_child() -> None:
    _, (first, second) = family(2)
    assert state_of("parent") == ("blocked", 2)
    assert queues_told([(first.id, True)]) == set()
    assert state_of("parent") == ("blocked", 1)
    count_down([(second.id, True)])
    assert state_of("parent") == ("waiting", 0)


def test_children_that_end_together_count_together() -> None:
    _, children = family(3)
    count_down([(child.id, True) for child in children])
    assert state_of("parent") == ("waiting", 0)


def test_a_child_counts_once_however_often_it_is_told() -> None:
    _, (first, _) = family(2)
    count_down([(first.id, True)])
    before = snapshot()
    assert queues_told([(first.id, True)]) == set()
    assert queues_told([(first.id, False)]) == set()
    assert snapshot() == before


def test_a_parent_whose_time_has_not_come_is_delayed_when_unblocked() -> None:
    parent, (child,) = family(1, state="delayed")
    Job.objects.filter(id=parent.id).update(run_at="2100-01-01T00:00Z")
    count_down([(child.id, True)])
    assert state_of("parent") == ("delayed", 0)


def test_a_parent_fails_with_its_first_child_that_fails() -> None:
    _, (first, second) = family(2)
    assert queues_told([(first.id, False)]) == {"quick"}
    parent = Job.objects.get(uid="parent")
    assert (parent.state, parent.reason) == ("failed", "a job that it depends on failed")
    assert parent.finished_at is not None
    letter = DeadLetter.objects.get()
    assert (letter.job_uid, letter.error_type, letter.retryable) == ("parent", "DependencyFailed", True)
    result = TaskResult.objects.get()
    assert (result.task_id, result.status) == ("parent", "FAILURE")
    count_down([(second.id, True)])
    assert state_of("parent") == ("failed", 0)
    assert (DeadLetter.objects.count(), TaskResult.objects.count()) == (1, 1)


def test_one_that_fails_and_one_that_completes_at_once_fail_the_parent() -> None:
    _, (first, second) = family(2)
    count_down([(first.id, True), (second.id, False)])
    assert state_of("parent") == ("failed", 0)


def test_a_failure_goes_up_through_all_generations_and_no_further() -> None:
    _, (child,) = family(1)
    for below, above in (("parent", "grandparent"), ("grandparent", "ancestor")):
        make_job(above, queue="fixed")
        add_dependencies(above, [below])
    make_job("bystander")
    assert queues_told([(child.id, False)]) == {"quick", "fixed"}
    assert [state_of(uid)[0] for uid in ("parent", "grandparent", "ancestor", "bystander")] == [
        "failed", "failed", "failed", "waiting",
    ]  # fmt: skip
    assert set(DeadLetter.objects.values_list("job_uid", flat=True)) == {"parent", "grandparent", "ancestor"}


@pytest.mark.parametrize("state", ["waiting", "active", "completed", "cancelled"])
def test_a_parent_that_is_blocked_no_more_is_not_moved(state: str) -> None:
    parent, (child,) = family(1)
    Job.objects.filter(id=parent.id).update(state=state)
    count_down([(child.id, False)])
    assert state_of("parent") == (state, 0)
    assert DeadLetter.objects.count() == 0


def test_one_child_may_have_many_parents() -> None:
    child = make_job("child")
    for uid in ("a", "b"):
        make_job(uid)
        add_dependencies(uid, ["child"])
    count_down([(child.id, True)])
    assert {state_of("a"), state_of("b")} == {("waiting", 0)}


def test_children_that_completed_before_do_not_count() -> None:
    make_job("done", state="completed")
    make_job("live")
    make_job("parent")
    assert add_dependencies("parent", ["done", "live"]) == 1
    assert state_of("parent") == ("blocked", 1)
    assert set(Dependency.objects.values_list("child__uid", "done", "well")) == {
        ("done", True, True), ("live", False, False),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("children", "problem"),
    [
        (["nobody"], "there is no job 'nobody'"),
        (["failed"], "the job 'failed' is failed, so this one could never run"),
        (["cancelled"], "the job 'cancelled' is cancelled, so this one could never run"),
        (["parent"], "a job cannot wait for itself"),
    ],
)
def test_a_child_that_never_completes_is_refused(children: list[str], problem: str) -> None:
    make_job("failed", state="failed")
    make_job("cancelled", state="cancelled")
    make_job("parent")
    with pytest.raises(OptionRefused, match=problem):
        add_dependencies("parent", children)
    assert Dependency.objects.count() == 0
    assert state_of("parent") == ("waiting", 0)


def test_nobody_finished_is_nothing_to_do() -> None:
    assert queues_told([]) == set()
