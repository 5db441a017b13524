"""What a parent needs of its children, children that come late, retries of families, and the doctor."""

import pytest

from jobs.errors import IllegalMove, OptionRefused
from jobs.flows import ALL, FAIL_AT_ONCE, IGNORE_FAILURES, Policy, order, parse_policy
from jobs.models import Dependency, Job
from jobs.store.dependencies import add_child, add_dependencies, count_down
from jobs.store.doctor import Finding, repair_flows
from jobs.store.moves import retry
from jobs.store.subtrees import cancel_tree
from tests.jobs.rows import make_job

pytestmark = pytest.mark.django_db


def family(count: int, policy: Policy) -> list[int]:
    """A parent with so many children; their row ids."""
    make_job("parent")
    children = [make_job(f"child-{n}") for n in range(count)]
    add_dependencies("parent", [child.uid for child in children], policy)
    return [child.id for child in children]


def state_of(uid: str) -> tuple[str, int]:
    """The state and how many children are pending."""
    job = Job.objects.get(uid=uid)
    return job.state, job.pending_children


def end(uid: str, state: str) -> None:
    """The child's row ends, and its parents are told."""
    Job.objects.filter(uid=uid).update(state=state, finished_at="2024-01-01T00:00Z")
    count_down([(Job.objects.get(uid=uid).id, state == "completed")])


@pytest.mark.parametrize(
    ("policy", "ends", "expected"),
    [
        (ALL, [True, True, True, True, True], "waiting"),
        (ALL, [False], "failed"),
        (IGNORE_FAILURES, [False, False, False, False], "blocked"),
        (IGNORE_FAILURES, [False, False, False, False, False], "waiting"),
        (Policy(0.8), [True, False, True, True], "blocked"),
        (Policy(0.8), [True, False, True, True, True], "waiting"),
        (Policy(0.8), [False, True, False], "failed"),
        (Policy(0.5), [False, False], "blocked"),
        (Policy(0.5), [False, False, False], "failed"),
    ],
)
def test_a_parent_moves_as_its_policy_says(policy: Policy, ends: list[bool], expected: str) -> None:
    children = family(5, policy)
    for child, well in zip(children, ends, strict=False):
        count_down([(child, well)])
    assert state_of("parent")[0] == expected


def test_a_policy_holds_when_all_children_end_in_one_fold() -> None:
    children = family(5, Policy(0.8))
    count_down([(child, n != 2) for n, child in enumerate(children)])
    assert state_of("parent") == ("waiting", 0)


def test_a_parent_that_ignores_failures_may_depend_on_a_job_that_failed_already() -> None:
    make_job("parent")
    make_job("child", state="failed")
    assert add_dependencies("parent", ["child"], IGNORE_FAILURES) == 0
    assert state_of("parent") == ("waiting", 0)


def test_a_late_child_is_waited_for() -> None:
    (first,) = family(1, ALL)
    make_job("late")
    add_child("parent", "late")
    count_down([(first, True)])
    assert state_of("parent") == ("blocked", 1)
    end("late", "completed")
    assert state_of("parent") == ("waiting", 0)


def test_a_parent_that_is_not_blocked_takes_no_late_child() -> None:
    (first,) = family(1, ALL)
    count_down([(first, True)])
    make_job("late")
    with pytest.raises(IllegalMove, match="'parent' is not blocked"):
        add_child("parent", "late")
    assert Dependency.objects.count() == 1


def test_a_late_child_that_closes_a_cycle_is_refused_with_the_cycle() -> None:
    family(1, ALL)
    make_job("grandparent")
    add_dependencies("grandparent", ["parent"])
    with pytest.raises(OptionRefused, match="a cycle: parent -> grandparent -> parent"):
        add_child("parent", "grandparent")
    assert state_of("parent") == ("blocked", 1)


def test_a_late_child_is_added_once() -> None:
    family(1, ALL)
    with pytest.raises(IllegalMove, match="waits for 'child-0' already"):
        add_child("parent", "child-0")
    assert state_of("parent") == ("blocked", 1)


def test_a_parent_that_failed_by_its_child_is_retried_with_that_child() -> None:
    family(2, ALL)
    end("child-0", "failed")
    assert state_of("parent")[0] == "failed"

    retry("parent")

    assert (state_of("parent"), state_of("child-0")[0]) == (("blocked", 2), "waiting")
    end("child-0", "completed")
    end("child-1", "completed")
    assert state_of("parent") == ("waiting", 0)


def test_a_retried_parent_that_ignored_failures_does_not_wait_for_its_failed_child() -> None:
    family(2, IGNORE_FAILURES)
    end("child-0", "failed")
    end("child-1", "completed")
    Job.objects.filter(uid="parent").update(state="failed", finished_at="2024-01-01T00:00Z")

    retry("parent")

    assert (state_of("parent"), state_of("child-0")[0]) == (("waiting", 0), "failed")


def test_a_tree_is_cancelled_but_for_children_that_another_parent_needs() -> None:
    family(2, ALL)
    make_job("other")
    add_dependencies("other", ["child-1"])

    assert cancel_tree("parent") == 2

    assert [state_of(uid)[0] for uid in ("parent", "child-0", "child-1", "other")] == [
        "cancelled", "cancelled", "waiting", "blocked",
    ]  # fmt: skip


def test_the_doctor_finds_nothing_in_good_health() -> None:
    family(2, ALL)
    assert repair_flows() == []


def test_the_doctor_fails_a_parent_whose_child_is_gone() -> None:
    family(1, ALL)
    Job.objects.filter(uid="child-0").delete()
    Dependency.objects.get_or_create(parent=Job.objects.get(uid="parent"), child_id=999_999)
    assert repair_flows() == [Finding("parent", "1 of the jobs that it waited for are gone", "failed")]


def test_the_doctor_counts_an_end_that_nobody_counted() -> None:
    family(1, ALL)
    Job.objects.filter(uid="child-0").update(state="completed", finished_at="2024-01-01T00:00Z")
    assert repair_flows() == [Finding("parent", "a child's end was not counted", "waiting")]


def test_the_doctor_repairs_a_counter() -> None:
    family(2, ALL)
    Job.objects.filter(uid="parent").update(pending_children=7)
    assert repair_flows() == [Finding("parent", "the counter disagreed with its children", "blocked")]
    assert state_of("parent") == ("blocked", 2)


def test_the_doctor_lets_a_job_run_that_is_blocked_by_nothing() -> None:
    make_job("alone", state="blocked")
    assert repair_flows() == [Finding("alone", "the counter disagreed with its children", "waiting")]


def test_the_doctor_leaves_a_job_that_waits_for_its_replacement() -> None:
    make_job("replaced", state="blocked", canvas={"replaced": True})
    assert repair_flows() == []


def test_policies_have_names_and_shares() -> None:
    assert parse_policy("ignore_failures") is IGNORE_FAILURES
    assert parse_policy("fail_at_once") is FAIL_AT_ONCE
    assert parse_policy(0.8) == Policy(0.8)
    assert parse_policy(None) is ALL


@pytest.mark.parametrize("value", [1.5, -0.1, True, "most", [0.5]])
def test_a_policy_that_makes_no_sense_is_refused(value: object) -> None:
    with pytest.raises(OptionRefused, match="policy"):
        parse_policy(value)


def test_a_graph_is_ordered_children_first() -> None:
    assert order({"c": ["b"], "b": ["a"], "a": []}) == ["a", "b", "c"]


def test_a_cycle_is_named() -> None:
    with pytest.raises(OptionRefused, match=r"a cycle: (a -> b -> a|b -> a -> b)"):
        order({"a": ["b"], "b": ["a"]})
