"""Ticks have the same id in every beat process."""

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django_celery_beat.models import PeriodicTask

from jobs.models import SchedulePolicy
from jobs.schedules import Schedule, declared, make_rows
from jobs.scheduling.identity import tick_id
from jobs.scheduling.policy import Missed, Overlap

NOON = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)


def test_two_beats_agree_on_the_id_and_two_ticks_do_not() -> None:
    assert tick_id("report", NOON) == tick_id("report", NOON)
    assert tick_id("report", NOON) != tick_id("report", NOON + timedelta(minutes=5))
    assert tick_id("report", NOON) != tick_id("purge", NOON)


def test_declared_schedules_become_rows_once_and_an_edit_stays(db: None) -> None:
    PeriodicTask.objects.all().delete()
    assert make_rows(declared()) == [schedule.name for schedule in settings.JOBS_SCHEDULES]
    PeriodicTask.objects.filter(name="health report").update(enabled=False)
    assert make_rows(declared()) == []
    assert not PeriodicTask.objects.get(name="health report").enabled


def test_a_crontab_with_four_fields_is_refused() -> None:
    with pytest.raises(ValueError, match="five fields"):
        Schedule("odd", "jobs.tasks.purge_dead_letters", "* * * *").times()


def test_a_declared_policy_and_time_zone_become_rows(db: None) -> None:
    declared_one = Schedule(
        "tokyo", "jobs.tasks.purge_dead_letters", "0 9 * * *", timezone="Asia/Tokyo", missed=Missed.ALL,
        window=60.0, overlap=Overlap.SKIP, jitter=5.0,
    )  # fmt: skip
    assert make_rows([declared_one]) == ["tokyo"]
    policy = SchedulePolicy.objects.get(schedule__name="tokyo")
    assert (policy.missed, policy.window, policy.overlap, policy.jitter) == ("all", 60.0, "skip", 5.0)
    assert str(policy.schedule.crontab.timezone) == "Asia/Tokyo"
