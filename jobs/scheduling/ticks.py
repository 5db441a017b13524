"""Which ticks of a schedule lie between two moments. Pure: every clock is passed in, every answer is in UTC."""

from collections import deque
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import takewhile
from typing import Any

from celery.schedules import crontab, schedule
from django_celery_beat.clockedschedule import clocked

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FARTHEST = 9 * 366  # days to look ahead: 29 February may be eight years away
_AT_MOST = 1_000  # ticks of one answer: the latest ones
_MINUTE = timedelta(minutes=1)


def due_between(clockwork: Any, after: datetime, until: datetime) -> list[datetime]:
    """The ticks later than `after` and not later than `until`, oldest first; the latest 1,000 of them."""
    if type(clockwork) is schedule or hasattr(clockwork, "run_every"):
        after = max(after, until - clockwork.run_every * _AT_MOST)
    return list(deque(takewhile(lambda tick: tick <= until, _ticks(clockwork, after)), maxlen=_AT_MOST))


def next_after(clockwork: Any, after: datetime) -> datetime | None:
    """The first tick later than `after`; None when there is none."""
    return next(_ticks(clockwork, after), None)


def _ticks(clockwork: Any, after: datetime) -> Iterator[datetime]:
    if isinstance(clockwork, crontab):
        return _crontab(clockwork, after)
    if isinstance(clockwork, clocked):
        moment = clockwork.clocked_time.astimezone(UTC)
        return iter([moment] if moment > after else [])
    if isinstance(clockwork, schedule):
        return _interval(clockwork.run_every, after)
    return _by_estimate(clockwork, after)


def _interval(every: timedelta, after: datetime) -> Iterator[datetime]:
    """Counted from the epoch, so that every process means the same moments."""
    tick = _EPOCH + ((after - _EPOCH) // every + 1) * every
    while True:
        yield tick
        tick += every


def _by_estimate(clockwork: Any, after: datetime) -> Iterator[datetime]:
    """Schedules that only know how long it is from now to the tick that follows another (solar ones)."""
    while True:
        now = clockwork.now()
        clockwork.nowfun = lambda now=now: now
        after = (now + clockwork.remaining_estimate(after)).astimezone(UTC).replace(microsecond=0)
        yield after


def _crontab(clockwork: crontab, after: datetime) -> Iterator[datetime]:
    if str(clockwork.tz) == "UTC":
        return _crontab_in_utc(clockwork, after)
    return _crontab_in_zone(clockwork, after)


def _crontab_in_utc(clockwork: crontab, after: datetime) -> Iterator[datetime]:
    """No clock is ever put forward or back: the times of a day come in their order, and each once."""
    first, hours, minutes = after.astimezone(UTC), sorted(clockwork.hour), sorted(clockwork.minute)
    for number in range(_FARTHEST):
        day = (first + timedelta(days=number)).date()
        if not _matches(clockwork, day):
            continue
        for hour in hours if number else [hour for hour in hours if hour >= first.hour]:
            for minute in minutes:
                tick = datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)
                if tick > after:
                    yield tick


def _crontab_in_zone(clockwork: crontab, after: datetime) -> Iterator[datetime]:
    first = after.astimezone(clockwork.tz).date() - timedelta(days=1)
    for number in range(_FARTHEST):
        day = first + timedelta(days=number)
        if _matches(clockwork, day):
            yield from (tick for tick in _of_day(clockwork, day) if tick > after)


def _matches(clockwork: crontab, day: date) -> bool:
    """As Celery has it: month, day of month and day of week must all agree."""
    return (
        day.month in clockwork.month_of_year
        and day.day in clockwork.day_of_month
        and day.isoweekday() % 7 in clockwork.day_of_week
    )


def _of_day(clockwork: crontab, day: date) -> list[datetime]:
    every_hour = len(clockwork.hour) == 24
    ticks = set()
    for hour in clockwork.hour:
        for minute in clockwork.minute:
            local = datetime(day.year, day.month, day.day, hour, minute)  # noqa: DTZ001 -- a wall clock's time
            ticks.update(on_the_clock(local, clockwork.tz, every_hour=every_hour))
    return sorted(ticks)


def on_the_clock(local: datetime, zone: tzinfo, *, every_hour: bool) -> list[datetime]:
    """The moments at which a wall clock in `zone` shows `local`.

    A time that the clock skips in spring counts as the moment of the change, a time that it shows twice in
    autumn as the first of the two; a schedule that runs `every_hour` takes the hours as they really pass.
    """
    first = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    second = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if first.astimezone(zone).replace(tzinfo=None) != local:
        return [] if every_hour else [_change_before(first, zone)]
    return [first, second] if second > first and every_hour else [first]


def _change_before(moment: datetime, zone: tzinfo) -> datetime:
    """The moment, in whole minutes, at which the clock was put to the offset that it has at `moment`."""
    offset = moment.astimezone(zone).utcoffset()
    while (moment - _MINUTE).astimezone(zone).utcoffset() == offset:
        moment -= _MINUTE
    return moment
