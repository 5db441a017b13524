"""`jobs check` over rows that an older build wrote."""

from typing import Any

import pytest
from cryptography.fernet import Fernet
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from jobs.cli.unrunnable import unrunnable_jobs, unrunnable_schedules
from jobs.models import Job
from tests.jobs.rows import make_job
from tests.sample_tasks import keep_secret

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


def _step(task: str, *args: Any, immutable: bool = True, **kwargs: Any) -> dict[str, Any]:
    step = {"task": task, "args": list(args), "kwargs": kwargs, "options": {}, "immutable": immutable}
    return {**step, "subtask_type": None}


OLD_STEP = _step("tests.sample_tasks.salute", name="Ada Lovelace")
UNFIT_STEP = _step("tests.sample_tasks.salute", nom="Ada")


def test_later_steps_that_fit_are_no_fault() -> None:
    fitting = _step("tests.sample_tasks.add", 1, immutable=False)
    make_job(
        canvas={
            "chain": [OLD_STEP, _step("celery.group", tasks=[OLD_STEP, fitting])],
            "chord": _step("tests.sample_tasks.noop", immutable=False),
            "link": [{**fitting, "options": {"link": [OLD_STEP]}}],
            "link_error": [_step("tests.sample_tasks.add")],
        }
    )
    assert unrunnable_jobs() == []


@pytest.mark.parametrize(
    "canvas",
    [
        {"chain": [OLD_STEP, UNFIT_STEP]},
        {"chord": UNFIT_STEP},
        {"link": [{**OLD_STEP, "options": {"link": [UNFIT_STEP]}}]},
        {"chain": [_step("celery.chord", header=[OLD_STEP], body=UNFIT_STEP)]},
    ],
)
@pytest.mark.parametrize("state", ["waiting", "active"])
def test_a_later_step_that_does_not_fit_is_named(canvas: dict[str, Any], state: str) -> None:
    make_job(canvas=canvas, state=state)
    (group,) = unrunnable_jobs()
    assert group.problem.startswith("a later step: salute refuses its arguments: first: missing")


def test_a_later_step_of_a_task_that_is_gone_is_named() -> None:
    make_job(canvas={"link_error": [_step("tests.sample_tasks.nopo")]})
    (group,) = unrunnable_jobs()
    assert group.problem.startswith("a later step: There is no task named 'tests.sample_tasks.nopo'.")


def test_a_step_that_takes_no_value_from_the_one_before_is_named() -> None:
    make_job(canvas={"chain": [{**OLD_STEP, "immutable": False}]})
    (group,) = unrunnable_jobs()
    assert "takes 0 positional arguments, got 1" in group.problem


def test_a_function_of_djangos_tasks_that_moved_is_named() -> None:
    payload = {"path": "tests.jobs.nowhere.pay", "args": [], "kwargs": {}, "backend": "default"}
    make_job(task="jobs.tasks.run_django_task", kwargs=payload)
    (group,) = unrunnable_jobs()
    assert group.problem.startswith("there is no task at 'tests.jobs.nowhere.pay'")


def test_a_payload_with_a_secret_fits() -> None:
    uid = keep_secret.delay(name="a", key="very secret").id
    assert Job.objects.get(uid=uid).state == "waiting"
    assert unrunnable_jobs() == []


def test_schedules_that_will_be_refused_are_named() -> None:
    every, _ = IntervalSchedule.objects.get_or_create(every=1, period="hours")
    PeriodicTask.objects.all().delete()
    for name, task, kwargs, enabled in (
        ("fits", "tests.sample_tasks.add", '{"x": 1, "y": 2}', True),
        ("old", "tests.sample_tasks.salute", '{"name": "Ada"}', True),
        ("off", "tests.sample_tasks.salute", '{"name": "Ada"}', False),
        ("gone", "tests.sample_tasks.ad", "{}", True),
    ):
        PeriodicTask.objects.create(name=name, task=task, kwargs=kwargs, enabled=enabled, interval=every)
    gone, old = unrunnable_schedules()
    assert gone.startswith("the schedule 'gone' of tests.sample_tasks.ad: There is no task named")
    assert old.startswith(
        "the schedule 'old' of tests.sample_tasks.salute: greet refuses its arguments: first:"
    )


def test_a_payload_whose_key_is_gone_is_named(settings: Any) -> None:
    keep_secret.delay(name="a", key="very secret")
    settings.PAYLOAD_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    (group,) = unrunnable_jobs()
    assert group.problem.startswith("keep_secret refuses its arguments: secrets:")
