"""`jobs check` over rows that an older build wrote."""

import pytest

from jobs.cli.unrunnable import unrunnable_jobs
from tests.jobs.rows import make_job

pytestmark = pytest.mark.django_db


def test_rows_under_an_old_name_with_an_old_payload_fit() -> None:
    make_job(task="tests.sample_tasks.salute", kwargs={"name": "Ada Lovelace"})
    make_job(
        task="tests.sample_tasks.greet", kwargs={"first": "A", "last": "T"}, options={"payload_version": 2}
    )
    assert unrunnable_jobs() == []


def test_a_payload_that_its_upcast_cannot_read_is_named() -> None:
    job = make_job(task="tests.sample_tasks.salute", kwargs={"nom": "Ada"})
    (group,) = unrunnable_jobs()
    assert group.problem == "its upcast fails: KeyError: 'name'"
    assert (group.task, group.jobs, group.examples) == ("tests.sample_tasks.salute", 1, [job.uid])


def test_a_payload_that_is_not_up_to_date_after_its_steps_is_named() -> None:
    make_job(task="tests.sample_tasks.greet", kwargs={"first": "A"}, options={"payload_version": 3})
    (group,) = unrunnable_jobs()
    assert group.problem == "greet refuses its arguments: last: missing; title: missing"


def test_the_same_fault_with_other_values_is_one_group_with_three_examples() -> None:
    jobs = [make_job(task="tests.sample_tasks.add", kwargs={"x": f"text {n}", "y": 1}) for n in range(5)]
    make_job(task="tests.sample_tasks.add", kwargs={"x": "text", "y": 1}, state="completed")
    (group,) = unrunnable_jobs()
    assert (group.jobs, group.examples) == (5, [job.uid for job in jobs[:3]])
    assert "x: Input should be a valid integer" in group.problem


def test_different_faults_of_a_task_are_different_groups() -> None:
    make_job(task="tests.sample_tasks.add", kwargs={"x": "text", "y": 1}, state="delayed")
    make_job(task="tests.sample_tasks.add", kwargs={"x": "text"}, state="blocked")
    assert [group.problem.rpartition("; ")[2][:12] for group in unrunnable_jobs()] == [
        "add refuses ",
        "x: Input sho",
    ]


def test_however_many_names_are_wrong_the_answer_stays_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jobs.cli.unrunnable._GROUPS", 2)
    for number in range(5):
        make_job(task=f"gone.task{number}")
    groups = unrunnable_jobs()
    assert [(group.task, group.jobs) for group in groups] == [
        ("gone.task0", 1),
        ("gone.task1", 1),
        ("other tasks", 3),
    ]


def test_a_queue_that_is_declared_no_more_is_named() -> None:
    make_job(queue="quikc")
    (group,) = unrunnable_jobs()
    assert group.problem == "There is no queue named 'quikc'. Did you mean 'quick'?"
