"""Graphs of jobs, written at once."""

import pytest

from jobs.errors import ArgumentsRefused, OptionRefused
from jobs.graphs import Flow
from jobs.models import Dependency, Job
from jobs.queries.children import Child, children_of
from tests.sample_tasks import add, noop

pytestmark = pytest.mark.django_db


def test_a_graph_is_written_with_its_edges_in_any_order_of_adding() -> None:
    flow = Flow()
    flow.add("report", noop, {"value": "done"}, after=["left", "right"], policy=0.5)
    flow.add("left", add, {"x": 1, "y": 2}, after=["start"])
    flow.add("right", add, {"x": 3, "y": 4}, after=["start"])
    flow.add("start", noop, {})

    ids = flow.enqueue()

    states = {name: Job.objects.get(uid=uid).state for name, uid in ids.items()}
    assert states == {"start": "waiting", "left": "blocked", "right": "blocked", "report": "blocked"}
    assert set(Dependency.objects.values_list("parent__uid", "child__uid")) == {
        (ids["left"], ids["start"]), (ids["right"], ids["start"]),
        (ids["report"], ids["left"]), (ids["report"], ids["right"]),
    }  # fmt: skip
    assert children_of(ids["left"]) == [Child(ids["start"], noop.name, "waiting", None, "")]


def test_a_graph_with_a_cycle_is_refused_and_nothing_is_stored() -> None:
    flow = Flow()
    flow.add("a", noop, {}, after=["b"])
    flow.add("b", noop, {}, after=["a"])
    with pytest.raises(OptionRefused, match=r"a cycle: (a -> b -> a|b -> a -> b)"):
        flow.enqueue()
    assert Job.objects.count() == 0


def test_a_graph_with_one_bad_job_is_refused_as_a_whole() -> None:
    flow = Flow()
    flow.add("good", noop, {})
    flow.add("bad", add, {"x": 1}, after=["good"])
    with pytest.raises(ArgumentsRefused):
        flow.enqueue()
    assert Job.objects.count() == 0


def test_a_name_that_is_not_in_the_graph_is_refused() -> None:
    flow = Flow()
    flow.add("a", noop, {}, after=["nobody"])
    with pytest.raises(OptionRefused, match="'a' depends on 'nobody', which is not in the graph"):
        flow.enqueue()
