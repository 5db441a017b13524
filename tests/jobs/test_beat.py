"""Ticks have the same id in every beat process."""

from datetime import UTC, datetime, timedelta

import pytest
from celery.schedules import crontab, schedule
from django.conf import settings
from django_celery_beat.models import PeriodicTask

from jobs.beat import due_moment, tick_id
from jobs.schedules import Schedule, declared, make_rows

NOON = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize("offset", [0.0, 3.2, 9.9])
def test_an_intervals_tick_is_counted_from_the_epoch(offset: float) -> None:
    every_ten = schedule(timedelta(seconds=10))
    now = NOON + timedelta(seconds=offset)
    assert due_moment(every_ten, now - timedelta(seconds=10 + offset), now) == NOON


def test_a_crontabs_tick_is_the_minute_it_was_due(monkeypatch: pytest.MonkeyPatch) -> None:
    late = NOON + timedelta(seconds=2.4)
    hourly = crontab(minute="0", nowfun=lambda: late)
    assert due_moment(hourly, NOON - timedelta(minutes=30), late) == NOON


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
