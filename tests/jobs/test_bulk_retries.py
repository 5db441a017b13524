"""Many letters at a chosen rate: canaries first; nothing is skipped or done twice, whatever restarts."""

import threading
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from jobs import bulk_retries
from jobs.bulk_retries import Choice, judge, start, step, stop, work_off
from jobs.errors import IllegalMove, NotFound, OptionRefused
from jobs.models import AuditEntry, BulkRetry, DeadLetter, Job
from tests.jobs.letters import fail_job, forget_job
from tests.processes import Platform
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("states", "verdict"),
    [
        (["completed", "completed"], True), (["completed", "active"], None), (["waiting"], None),
        (["delayed", "failed"], False), (["completed", "cancelled"], False), ([], True),
    ],
)  # fmt: skip
def test_canaries_are_judged_by_their_states(states: list[str], verdict: bool | None) -> None:
    assert judge(states) is verdict


def _resolutions() -> list[str]:
    return list(DeadLetter.objects.order_by("id").values_list("resolution", flat=True))


def _end(state: str) -> None:
    Job.objects.filter(state="waiting", task__endswith=".noop").update(
        state=state, finished_at=timezone.now()
    )


def test_only_the_canaries_go_until_they_completed() -> None:
    for _ in range(5):
        fail_job()
    bulk = start("quick", Choice(), rate=1000, canary=2, by="admin")

    assert work_off(bulk.pk, 0.3) == 0.5
    assert _resolutions() == ["retried", "retried", "", "", ""]

    _end("completed")
    assert work_off(bulk.pk, 5) is None
    bulk.refresh_from_db()
    assert (bulk.state, bulk.retried, bulk.refused, bulk.total) == ("finished", 5, 0, 5)
    assert set(DeadLetter.objects.values_list("resolved_by", flat=True)) == {f"admin (bulk retry {bulk.pk})"}


def test_a_canary_that_fails_again_stops_the_rest() -> None:
    for _ in range(4):
        fail_job()
    bulk = start("quick", Choice(), rate=1000, canary=1, by="admin")
    work_off(bulk.pk, 0.1)
    _end("failed")

    assert work_off(bulk.pk, 5) is None

    bulk.refresh_from_db()
    assert (bulk.state, bulk.reason) == ("stopped", f"the canary {bulk.canaries[0]} is failed")
    assert _resolutions() == ["retried", "", "", ""]


def test_a_canary_whose_row_was_pruned_failed_if_it_left_an_open_letter() -> None:
    fail_job()
    fail_job()
    bulk = start("quick", Choice(), rate=1000, canary=1, by="admin")
    work_off(bulk.pk, 0.1)
    first = DeadLetter.objects.earliest("id")
    DeadLetter.objects.create(
        job_uid=first.job_uid, queue="quick", task=first.task, runs=2, failed_at=timezone.now()
    )
    forget_job(first)
    assert work_off(bulk.pk, 5) is None
    bulk.refresh_from_db()
    assert bulk.state == "stopped"


def test_the_filter_and_the_moment_of_the_start_bound_what_is_retried() -> None:
    chosen, other = fail_job(tags=["eu"]), fail_job()
    bulk = start("quick", Choice(tag="eu", error_type="RuntimeError", task="noop"), 1000, 0, "admin")
    late = fail_job(tags=["eu"])
    assert work_off(bulk.pk, 5) is None
    assert set(DeadLetter.objects.filter(resolution="").values_list("pk", flat=True)) == {other.pk, late.pk}
    chosen.refresh_from_db()
    assert chosen.resolution == "retried"


def test_the_rate_holds_across_calls() -> None:
    for _ in range(3):
        fail_job()
    bulk = start("quick", Choice(), rate=0.01, canary=0, by="admin")
    assert step(bulk.pk) is not None
    wait = step(bulk.pk)
    assert wait is not None
    assert 95 < wait <= 100
    assert _resolutions() == ["retried", "", ""]


def test_a_letter_that_is_refused_is_counted_and_left() -> None:
    fail_job(unique_key="k")
    live = fail_job(unique_key="k")
    Job.objects.filter(uid=live.job_uid).update(state="waiting")
    bulk = start("quick", Choice(), rate=1000, canary=0, by="admin")
    assert work_off(bulk.pk, 5) is None
    bulk.refresh_from_db()
    assert (bulk.state, bulk.retried, bulk.refused) == ("finished", 0, 2)
    assert _resolutions() == ["", ""]


def test_two_workers_at_once_retry_each_letter_once() -> None:
    for _ in range(30):
        fail_job()
    bulk = start("quick", Choice(), rate=1000, canary=0, by="admin")

    def work() -> None:
        work_off(bulk.pk, 20)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    bulk.refresh_from_db()
    assert (bulk.state, bulk.retried, bulk.refused) == ("finished", 30, 0)


@pytest.mark.parametrize(("rate", "canary"), [(0, 0), (-1, 0), (1001, 0), (1, 6), (1, -1), (float("nan"), 0)])
def test_a_rate_or_canary_out_of_bounds_is_refused(rate: float, canary: int) -> None:
    fail_job()
    with pytest.raises(OptionRefused):
        start("quick", Choice(), rate, canary, "admin")
    assert not BulkRetry.objects.exists()


def test_stopping_leaves_the_rest_open_and_is_told_in_the_audit() -> None:
    fail_job()
    with pytest.raises(NotFound):
        start("fixed", Choice(), 1, 0, "admin")
    bulk = start("quick", Choice(), 1, 0, "admin")
    stop(bulk.pk, "other")
    assert step(bulk.pk) is None
    with pytest.raises(IllegalMove, match="has stopped already"):
        stop(bulk.pk)
    assert _resolutions() == [""]
    assert [entry.action for entry in AuditEntry.objects.order_by("number")] == [
        "start bulk retry",
        "stop bulk retry",
    ]
    assert BulkRetry.objects.get().reason == "stopped by other"


def test_a_bulk_retry_goes_on_after_its_worker_was_killed(platform: Platform) -> None:
    platform.dispatcher()
    worker = platform.worker("first", queues="default,quick")
    for _ in range(30):
        fail_job()
    bulk = start("quick", Choice(), rate=8, canary=1, by="admin")
    wait_until(lambda: BulkRetry.objects.get().retried >= 4, 60, "the beginning")
    worker.kill_group()
    assert BulkRetry.objects.get().state == "running"

    platform.worker("second", queues="default,quick")
    wait_until(lambda: BulkRetry.objects.get().state == "finished", 90, "the end")
    ended: Any = bulk_retries.shown(BulkRetry.objects.get(pk=bulk.pk))
    assert (ended["retried"], ended["refused"]) == (30, 0)
    done = Job.objects.filter(task__endswith=".noop")
    wait_until(lambda: done.filter(state="completed").count() == 30, 60, "every job")
