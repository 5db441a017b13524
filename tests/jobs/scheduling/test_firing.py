"""Firing schedules, on real PostgreSQL: the jobs, the history, and who may fire."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask

from jobs.beat import Scheduler
from jobs.models import Dependency, Job, ScheduledRun, SchedulePolicy
from jobs.scheduling.firing import fire, fire_by_hand
from jobs.scheduling.identity import tick_id
from jobs.scheduling.reading import read_schedules

pytestmark = pytest.mark.django_db(transaction=True)
START = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)


def minute(number: float) -> datetime:
    return START + timedelta(minutes=number)


@pytest.fixture
def report() -> Iterator[PeriodicTask]:
    """A schedule that ticks every minute, known since START."""
    PeriodicTask.objects.all().delete()
    every, _ = CrontabSchedule.objects.get_or_create(minute="*", timezone="UTC")
    row = PeriodicTask.objects.create(
        name="report", task="tests.sample_tasks.noop", kwargs='{"value": 1}', crontab=every, queue="quick"
    )
    known_since(row, START)
    yield row
    PeriodicTask.objects.all().delete()


def known_since(row: PeriodicTask, moment: datetime) -> None:
    """The schedule was made at `moment` and read then."""
    PeriodicTask.objects.filter(pk=row.pk).update(date_changed=moment)
    read_schedules(moment)


def decide(row: PeriodicTask, **policy: Any) -> None:
    SchedulePolicy.objects.filter(pk=row.pk).update(**policy)


def history() -> list[tuple[str, float]]:
    """(outcome, minutes after START) of every tick."""
    runs = ScheduledRun.objects.order_by("due").values_list("outcome", "due")
    return [(outcome, (due - START).total_seconds() / 60) for outcome, due in runs]


def end_jobs() -> None:
    Job.objects.update(state="completed", finished_at=START)


def test_a_tick_enqueues_its_job_once_however_often_it_is_fired(report: PeriodicTask) -> None:
    assert fire(report.pk, minute(0.9)) is False
    assert [fire(report.pk, minute(1.01)) for _ in range(3)] == [True, False, False]
    job = Job.objects.get()
    assert (job.uid, job.kwargs, job.queue) == (tick_id("report", minute(1)), {"value": 1}, "quick")
    assert job.options["periodic_task_name"] == "report"
    assert history() == [("enqueued", 1)]
    report.refresh_from_db()
    assert (report.last_run_at, report.total_run_count) == (minute(1), 1)
    assert SchedulePolicy.objects.get(pk=report.pk).next_due == minute(2)


def test_many_that_fire_at_once_enqueue_each_tick_once(report: PeriodicTask) -> None:
    decide(report, missed="all", window=3600)  # one that runs ahead finds the others' ticks late

    def beat() -> None:
        try:
            for number in range(1, 6):
                fire(report.pk, minute(number + 0.1))
        finally:
            connection.close()

    threads = [threading.Thread(target=beat) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    fire(report.pk, minute(5.2))
    assert history() == [("enqueued", number) for number in (1, 2, 3, 4, 5)]
    assert Job.objects.count() == 5


@pytest.mark.parametrize(
    ("missed", "window", "enqueued"),
    [
        ("skip", 0, []),
        ("one", 0, [60]),
        ("all", 1800, list(range(31, 61))),
        ("all", 7200, list(range(1, 61))),
    ],
)
def test_after_an_hour_without_a_beat_the_policy_decides(
    report: PeriodicTask, missed: str, window: float, enqueued: list[int]
) -> None:
    decide(report, missed=missed, window=window)
    fire(report.pk, minute(60.9))
    assert [number for outcome, number in history() if outcome == "enqueued"] == enqueued
    assert len(history()) == 60
    assert Job.objects.count() == len(enqueued)


def test_overlap_skip_leaves_a_tick_out_while_an_earlier_job_lives(report: PeriodicTask) -> None:
    decide(report, overlap="skip")
    for number in (1, 2):
        fire(report.pk, minute(number))
    assert history() == [("enqueued", 1), ("skipped", 2)]
    assert ScheduledRun.objects.get(due=minute(2)).reason == (
        f"job {tick_id('report', minute(1))} of an earlier tick has not ended"
    )
    end_jobs()
    fire(report.pk, minute(3))
    assert history()[-1] == ("enqueued", 3)


def test_overlap_queue_one_lets_one_job_wait_for_the_running_one(report: PeriodicTask) -> None:
    decide(report, overlap="queue_one")
    for number in (1, 2, 3):
        fire(report.pk, minute(number))
    assert history() == [("enqueued", 1), ("enqueued", 2), ("skipped", 3)]
    assert list(Job.objects.order_by("id").values_list("state", flat=True)) == ["waiting", "blocked"]
    edge = Dependency.objects.get()
    assert (edge.parent.uid, edge.child.uid, edge.regardless) == (
        tick_id("report", minute(2)), tick_id("report", minute(1)), True,
    )  # fmt: skip


def test_overlap_allow_runs_beside(report: PeriodicTask) -> None:
    for number in (1, 2):
        fire(report.pk, minute(number))
    assert list(Job.objects.values_list("state", flat=True)) == ["waiting", "waiting"]


def test_jitter_delays_the_job_and_not_the_tick(report: PeriodicTask) -> None:
    decide(report, jitter=1000.0)
    fire(report.pk, minute(1))
    job = Job.objects.get()
    assert job.state == "delayed"
    assert job.run_at is not None
    assert 0 < (job.run_at - job.created_at).total_seconds() < 1000
    assert history() == [("enqueued", 1)]


def test_a_disabled_schedule_does_not_tick_and_owes_nothing_when_it_is_enabled_again(
    report: PeriodicTask,
) -> None:
    decide(report, missed="all", window=86_400)
    PeriodicTask.objects.filter(pk=report.pk).update(enabled=False, date_changed=minute(1))
    read_schedules(minute(1))
    assert fire(report.pk, minute(30)) is False
    PeriodicTask.objects.filter(pk=report.pk).update(enabled=True, date_changed=minute(30.5))
    read_schedules(minute(30.6))
    fire(report.pk, minute(31))
    assert history() == [("enqueued", 31)]


def test_an_edit_counts_from_its_moment_on(report: PeriodicTask) -> None:
    every, _ = IntervalSchedule.objects.get_or_create(every=10, period="seconds")
    PeriodicTask.objects.filter(pk=report.pk).update(crontab=None, interval=every, date_changed=minute(0.8))
    read_schedules(minute(0.9))
    fire(report.pk, minute(1.1))
    assert [number for _, number in history()] == [50 / 60, 1.0]


def test_one_off_schedules_run_once_and_bounds_are_kept(report: PeriodicTask) -> None:
    PeriodicTask.objects.filter(pk=report.pk).update(one_off=True)
    fire(report.pk, minute(1))
    report.refresh_from_db()
    assert report.enabled is False
    assert fire(report.pk, minute(2)) is False


def test_a_schedule_ticks_between_its_start_and_its_end(report: PeriodicTask) -> None:
    PeriodicTask.objects.filter(pk=report.pk).update(start_time=minute(2), expires=minute(4))
    known_since(report, minute(0))
    decide(report, missed="all", window=86_400)
    fire(report.pk, minute(9))
    assert history() == [("enqueued", 2), ("enqueued", 3)]
    assert SchedulePolicy.objects.get(pk=report.pk).next_due is None


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"task": "tests.sample_tasks.nop"}, "Did you mean"),
        ({"kwargs": "{"}, "is no JSON"),
        ({"kwargs": "[1]"}, "must be an object, got [1]"),
        ({"args": "5"}, "must be a list, got 5"),
        ({"kwargs": json.dumps({"other": 1})}, "other: unknown"),
    ],
)
def test_a_schedule_that_cannot_enqueue_says_so_and_goes_on(
    report: PeriodicTask, wrong: dict[str, Any], reason: str
) -> None:
    PeriodicTask.objects.filter(pk=report.pk).update(**wrong)
    fire(report.pk, minute(1))
    run = ScheduledRun.objects.get()
    assert (run.outcome, reason in run.reason) == ("skipped", True)
    assert SchedulePolicy.objects.get(pk=report.pk).next_due == minute(2)


def test_run_by_hand_is_beside_the_ticks(report: PeriodicTask) -> None:
    run = fire_by_hand(report)
    assert (run.by_hand, Job.objects.get().uid) == (True, run.job_uid)
    fire(report.pk, minute(1))
    assert Job.objects.count() == 2


def test_a_clock_that_goes_back_fires_nothing_twice(report: PeriodicTask) -> None:
    fire(report.pk, minute(5))
    assert fire(report.pk, minute(3)) is False
    assert fire(report.pk, minute(5.5)) is False
    assert Job.objects.count() == 1


def test_scheduled_jobs_are_switched_off_as_a_whole(report: PeriodicTask, settings: Any) -> None:
    from celery import current_app

    settings.ENABLE_SCHEDULED_JOBS = False
    scheduler = Scheduler(current_app, lazy=True)
    SchedulePolicy.objects.update(
        next_due=START - timedelta(days=365), checked_until=START - timedelta(days=366)
    )
    assert scheduler.tick() == scheduler.max_interval
    assert not ScheduledRun.objects.exists()
    settings.ENABLE_SCHEDULED_JOBS = True
    scheduler.tick()
    assert ScheduledRun.objects.filter(outcome="enqueued").count() == 1
