"""Which ticks lie between two moments: on wall clocks that jump, too."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from celery.schedules import schedule
from django_celery_beat.clockedschedule import clocked
from django_celery_beat.tzcrontab import TzAwareCrontab

from jobs.scheduling.ticks import due_between, next_after

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)  # a Monday


def cron(fields: str, zone: str = "UTC") -> Any:
    minute, hour, day_of_month, month, day_of_week = fields.split()
    return TzAwareCrontab(
        minute=minute, hour=hour, day_of_month=day_of_month, month_of_year=month, day_of_week=day_of_week,
        tz=ZoneInfo(zone),
    )  # fmt: skip


def on_day(fields: str, zone: str, day: str) -> list[str]:
    """The ticks of a day of the zone's wall clock, as the moments in UTC."""
    start = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(zone))
    end = (start + timedelta(days=1)).astimezone(UTC) - timedelta(seconds=1)
    found = due_between(cron(fields, zone), start.astimezone(UTC) - timedelta(seconds=1), end)
    return [f"{tick:%d %H:%M}" for tick in found]


@pytest.mark.parametrize(
    ("fields", "zone", "day", "ticks"),
    [
        # Berlin skips 02:00-03:00 on 29 March (01:00 UTC) and has it twice on 25 October.
        ("30 2 * * *", "Europe/Berlin", "2026-03-29", ["29 01:00"]),
        ("30 2 * * *", "Europe/Berlin", "2026-10-25", ["25 00:30"]),
        ("30 3 * * *", "Europe/Berlin", "2026-03-29", ["29 01:30"]),
        ("0 2,3 * * *", "Europe/Berlin", "2026-03-29", ["29 01:00"]),
        ("*/30 1-3 * * *", "Europe/Berlin", "2026-03-29", ["29 00:00", "29 00:30", "29 01:00", "29 01:30"]),
        # New York: 02:00-03:00 on 8 March (07:00 UTC) and 01:00-02:00 twice on 1 November.
        ("15 2 * * *", "America/New_York", "2026-03-08", ["08 07:00"]),
        ("15 1 * * *", "America/New_York", "2026-11-01", ["01 05:15"]),
        # Lord Howe moves by half an hour: 02:00-02:30 on 4 October (15:30 UTC), 01:30-02:00 twice on 5 April.
        ("10 2 * * *", "Australia/Lord_Howe", "2026-10-04", ["03 15:30"]),
        ("40 2 * * *", "Australia/Lord_Howe", "2026-10-04", ["03 15:40"]),
        ("45 1 * * *", "Australia/Lord_Howe", "2026-04-05", ["04 14:45"]),
        ("0 12 * * *", "Europe/Berlin", "2026-03-28", ["28 11:00"]),
        ("0 12 * * *", "Europe/Berlin", "2026-03-29", ["29 10:00"]),
    ],
)
def test_a_daily_time_ticks_once_a_day_though_the_clock_jumps(
    fields: str, zone: str, day: str, ticks: list[str]
) -> None:
    assert on_day(fields, zone, day) == ticks


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", "2026-03-29", 23),
        ("Europe/Berlin", "2026-10-25", 25),
        ("America/New_York", "2026-03-08", 23),
        ("America/New_York", "2026-11-01", 25),
        ("UTC", "2026-03-29", 24),
    ],
)
def test_an_hourly_schedule_ticks_once_for_every_hour_that_passes(zone: str, day: str, hours: int) -> None:
    ticks = on_day("20 * * * *", zone, day)
    assert len(ticks) == len(set(ticks)) == hours


def test_half_an_hour_more_or_less_moves_an_hourly_schedule_with_the_wall_clock() -> None:
    assert on_day("0 * * * *", "Australia/Lord_Howe", "2026-10-04")[:4] == [
        "03 13:30", "03 14:30", "03 16:00", "03 17:00",
    ]  # fmt: skip


def test_the_first_moment_is_left_out_and_the_last_is_in() -> None:
    every_hour = cron("0 * * * *")
    assert due_between(every_hour, NOON, NOON + timedelta(hours=2)) == [
        NOON + timedelta(hours=1), NOON + timedelta(hours=2),
    ]  # fmt: skip
    assert due_between(every_hour, NOON, NOON + timedelta(minutes=59)) == []


@pytest.mark.parametrize(
    ("fields", "following"),
    [
        ("*/15 * * * *", "2026-11-02 12:15"),
        ("0 2 * * *", "2026-11-03 02:00"),
        ("0 12 * * mon", "2026-11-09 12:00"),
        ("0 0 1 * *", "2026-12-01 00:00"),
        ("0 0 29 2 *", "2028-02-29 00:00"),
        ("0 0 13 * fri", "2026-11-13 00:00"),
    ],
)
def test_the_next_tick_of_a_crontab(fields: str, following: str) -> None:
    assert f"{next_after(cron(fields), NOON):%Y-%m-%d %H:%M}" == following


@pytest.mark.parametrize("offset", [0.0, 3.2, 9.9])
def test_an_interval_is_counted_from_the_epoch(offset: float) -> None:
    every_ten = schedule(timedelta(seconds=10))
    now = NOON + timedelta(seconds=offset)
    assert next_after(every_ten, now) == NOON + timedelta(seconds=10)
    assert due_between(every_ten, now - timedelta(seconds=10), now) == [NOON]


def test_of_a_long_pause_the_latest_thousand_ticks_are_looked_at() -> None:
    ticks = due_between(schedule(timedelta(seconds=1)), NOON - timedelta(days=30), NOON)
    assert (len(ticks), ticks[-1]) == (1000, NOON)


def test_a_clocked_schedule_ticks_once() -> None:
    once = clocked(NOON)
    assert next_after(once, NOON - timedelta(days=1)) == NOON
    assert next_after(once, NOON) is None
