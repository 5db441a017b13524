"""Schedules that stand still for want of a beat."""

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import LazySettings
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from jobs.models import SchedulePolicy
from jobs.queries.overdue import overdue, standing_still
from jobs.queries.overview import overview
from tests.jobs.http.conftest import Api, api, clean_redis, operator  # noqa: F401 -- fixtures

pytestmark = pytest.mark.django_db


def _schedule(name: str, seconds_ago: float | None, *, enabled: bool = True) -> None:
    interval = IntervalSchedule.objects.create(every=1, period="minutes")
    row = PeriodicTask.objects.create(name=name, task="t", interval=interval, enabled=enabled)
    due = None if seconds_ago is None else datetime.now(UTC) - timedelta(seconds=seconds_ago)
    SchedulePolicy.objects.create(schedule=row, next_due=due)


def test_a_schedule_is_overdue_from_the_moment_its_tick_was_due() -> None:
    _schedule("late", 90)
    _schedule("coming", -30)
    _schedule("off", 90, enabled=False)
    _schedule("over", None)
    assert overdue() == {"late": pytest.approx(90, abs=5), "coming": 0}
    assert standing_still() == pytest.approx(90, abs=5)


def test_a_tick_that_has_just_come_due_is_no_standstill() -> None:
    _schedule("just now", 5)
    assert standing_still() is None


def test_schedules_that_are_switched_off_are_never_overdue(settings: LazySettings) -> None:
    _schedule("late", 90)
    settings.ENABLE_SCHEDULED_JOBS = False
    assert overdue() == {}


def test_health_and_overview_say_that_beat_is_missing(api: Api) -> None:  # noqa: F811 -- the fixture
    assert api.get("/jobs/health").json()["beat"] == "ok"
    _schedule("late", 600)
    assert "start `celery -A config beat`" in api.get("/jobs/health").json()["beat"]
    assert overview().beat_late == pytest.approx(600, abs=5)
