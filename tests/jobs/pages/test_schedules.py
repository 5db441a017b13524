"""`/schedules` in a browser."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from jobs.models import Job, ScheduledRun, SchedulePolicy

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def hourly(db: None) -> PeriodicTask:
    """The only schedule, with a missed and a skipped tick."""
    PeriodicTask.objects.all().delete()
    every = IntervalSchedule.objects.create(every=1, period="hours")
    row = PeriodicTask.objects.create(name="<hourly>", task="tests.sample_tasks.noop", interval=every)
    SchedulePolicy.objects.create(schedule=row, overlap="skip", jitter=90)
    ScheduledRun.objects.create(schedule=row, due=NOON, fired_at=NOON, outcome="missed", reason="no beat")
    later = NOON.replace(hour=13)
    ScheduledRun.objects.create(schedule=row, due=later, fired_at=later, outcome="skipped", reason="job x")
    return row


def test_a_schedule_is_shown_with_its_policy_and_what_became_of_its_ticks(viewer: Client) -> None:
    html = viewer.get("/schedules").content.decode()
    assert "&lt;hourly&gt;" in html
    assert "every hour" in html
    assert "missed: one, overlap: skip, jitter 1 min 30 s" in html
    assert "missed: <span" in html
    assert "no beat" in html
    assert "job x" in html
    assert "Run now" not in html  # who may only look
    part = viewer.get("/schedules", headers={"HX-Request": "true"}).content.decode()
    assert part.startswith('<div class="stack" id="schedules">')


def test_a_schedule_is_run_and_switched_by_hand(operator: Client, hourly: PeriodicTask) -> None:
    html = operator.post("/schedules", {"name": "<hourly>", "action": "run"}, follow=True).content.decode()
    assert f"Enqueued job {Job.objects.get().uid}." in html
    assert "by hand" in html
    html = operator.post(
        "/schedules", {"name": "<hourly>", "action": "disable"}, follow=True
    ).content.decode()
    assert "&lt;hourly&gt; is disabled." in html
    hourly.refresh_from_db()
    assert hourly.enabled is False
    operator.post("/schedules", {"name": "<hourly>", "action": "enable"})
    hourly.refresh_from_db()
    assert hourly.enabled is True


def test_what_makes_no_sense_is_said(operator: Client) -> None:
    unknown = operator.post("/schedules", {"name": "hourli", "action": "run"}, follow=True)
    assert "There is no schedule named &#x27;hourli&#x27;" in unknown.content.decode()
    assert operator.post("/schedules", {"name": "<hourly>", "action": "explode"}).status_code == 400


def test_who_may_only_look_changes_nothing(viewer: Client, hourly: PeriodicTask) -> None:
    assert viewer.post("/schedules", {"name": "<hourly>", "action": "disable"}).status_code == 403
    hourly.refresh_from_db()
    assert hourly.enabled is True
