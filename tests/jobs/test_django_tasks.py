"""Django's tasks API on top of jobs."""

import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from asgiref.sync import async_to_sync
from django.db import transaction
from django_tasks import TaskResultStatus, default_task_backend
from django_tasks.exceptions import InvalidTaskError, TaskResultDoesNotExist

from jobs import testing
from jobs.errors import ArgumentsRefused, Permanent, UnknownName
from jobs.models import Job
from jobs.tasks import run_django_task
from jobs.waiting import wait_until_finished
from tests.django_sample_tasks import days_between, double, fail_later, succeed_at, tell_id
from tests.docs.pages import blocks
from tests.jobs.faults.conftest import platform  # noqa: F401 -- the fixture, for this test too
from tests.processes import ROOT, Platform
from tests.sample_tasks import noop

PAGE = ROOT / "docs" / "how-to" / "use-djangos-tasks.md"
pytestmark = pytest.mark.django_db
NOVEMBER = (date(2026, 11, 1), date(2026, 11, 30))


def test_a_task_is_a_job_of_its_queue_and_priority() -> None:
    later = datetime.now(UTC) + timedelta(hours=1)
    result = days_between.using(priority=100, queue_name="fixed", run_after=later).enqueue(*NOVEMBER)
    job = Job.objects.get(uid=result.id)
    assert (job.queue, job.priority, job.state, job.run_at) == ("fixed", 10, "delayed", later)
    assert (result.status, result.args, result.attempts) == (
        TaskResultStatus.READY,
        ["2026-11-01", "2026-11-30"],
        0,
    )
    assert (result.task.priority, result.task.queue_name) == (100, "fixed")
    assert [Job.objects.get(uid=task.enqueue("x").id).priority for task in (tell_id, fail_later)] == [8, 5]


def test_what_does_not_fit_is_refused_and_nothing_is_stored() -> None:
    with pytest.raises(ArgumentsRefused, match="last: missing"):
        days_between.enqueue(date(2026, 11, 1))  # type: ignore[call-arg]  # on purpose
    with pytest.raises(ArgumentsRefused, match="first: Input should be a valid date"):
        days_between.enqueue("soon", date(2026, 11, 1))  # type: ignore[arg-type]  # on purpose
    with pytest.raises(UnknownName, match="Did you mean 'quick'"):
        days_between.using(queue_name="quikc")
    with pytest.raises(InvalidTaskError, match="priority"):
        days_between.using(priority=101)
    assert not Job.objects.exists()


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_json_cannot_say_is_refused(value: float) -> None:
    with pytest.raises(ArgumentsRefused, match="cannot be written as JSON"):
        double.enqueue(value)
    with pytest.raises(ArgumentsRefused, match="cannot be written as JSON"):
        double.enqueue(value=value)
    assert not Job.objects.exists()


def test_a_context_counts_the_run_that_is_going_on() -> None:
    with testing.stepwise() as jobs:
        first, second = succeed_at.enqueue(1), succeed_at.enqueue(2)
        jobs.run_until_idle()
    for result, attempts in ((first, 1), (second, 2)):
        result.refresh()
        assert (result.return_value, result.attempts) == ([attempts, "RUNNING"], attempts)


def test_a_rolled_back_task_never_existed() -> None:
    with pytest.raises(KeyError), transaction.atomic():
        raise KeyError(days_between.enqueue(*NOVEMBER).id)
    assert not Job.objects.exists()


def test_only_jobs_of_this_api_are_its_results() -> None:
    for uid in ("nobody", noop.delay().id):
        with pytest.raises(TaskResultDoesNotExist):
            default_task_backend.get_result(uid)


def test_a_path_that_leads_to_no_task_is_never_called() -> None:
    with testing.inline() as jobs:
        for path in ("tests.django_sample_tasks.not_a_task", "os.getcwd", "nowhere.at_all"):
            run_django_task.delay(path, [], {}, "default")
            jobs.assert_failed(run_django_task, path, error=Permanent)


def test_the_pages_example_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _, declared, used = (block.text for block in blocks(PAGE) if block.kind == "python")
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "tasks.py").write_text(declared)
    monkeypatch.syspath_prepend(tmp_path)
    try:
        with testing.inline():
            exec(used, {})
    finally:
        for name in ("shop.tasks", "shop"):
            sys.modules.pop(name, None)
    assert used.rstrip().endswith(f"# {capsys.readouterr().out.rstrip()}")


def test_on_the_default_queue_only_errors_that_say_so_are_retried() -> None:
    with testing.stepwise(raise_errors=False) as jobs:
        transient = succeed_at.using(queue_name="default").enqueue(2)
        unexpected = fail_later.using(queue_name="default").enqueue("no")
        jobs.run_until_idle()
    for result in (transient, unexpected):
        result.refresh()
    assert (transient.status, transient.attempts) == (TaskResultStatus.SUCCESSFUL, 2)
    assert (unexpected.status, unexpected.attempts) == (TaskResultStatus.FAILED, 1)


@pytest.mark.django_db(transaction=True)
def test_it_can_be_awaited() -> None:
    result = async_to_sync(days_between.aenqueue)(*NOVEMBER)
    with testing.stepwise() as jobs:
        jobs.run_all()
    async_to_sync(result.arefresh)()
    assert result.return_value == 29


def test_real_workers_run_functions_and_coroutines(platform: Platform) -> None:  # noqa: F811 -- the fixture
    platform.dispatcher()
    platform.worker()
    good, bad, told = days_between.enqueue(*NOVEMBER), fail_later.enqueue("too late"), tell_id.enqueue("!")
    for result in (good, bad, told):
        assert wait_until_finished(result.id, 60)
        result.refresh()
    assert (good.status, good.return_value, good.attempts) == (TaskResultStatus.SUCCESSFUL, 29, 1)
    assert told.return_value == f"{told.id} 1 !"
    assert (bad.status, bad.errors[0].exception_class) == (TaskResultStatus.FAILED, ValueError)
    assert "too late" in bad.errors[0].traceback
