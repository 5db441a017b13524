"""Minutes, hours and days say the same, whatever is rolled up already."""

import math
import random
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from django.db import connection

from jobs import histogram
from jobs.models import Metric
from jobs.store.metrics import COUNTERS, Batch
from jobs.store.rollups import roll_up
from monitoring.queries.series import Numbers, Step, by_step, by_task, rows, start_of, together

pytestmark = pytest.mark.django_db

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
SHARES = (0.25, 0.5, 0.9, 0.95, 0.99, 0.999)


def _minutes(seed: int, hours: float, count: int = 300) -> None:
    """Minutes of two tasks over the last hours."""
    draw = random.Random(seed)
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    ago = draw.sample(range(1, int(hours * 60)), count)
    Metric.objects.bulk_create(
        Metric(
            period="minute", at=now - timedelta(minutes=minutes), queue="quick", task=task,
            waits={str(draw.randrange(300)): draw.randrange(1, 9)}, runs={str(draw.randrange(300)): 2},
            depth=draw.randrange(100), oldest=draw.random(),
            **{name: draw.randrange(1000) for name in COUNTERS},
        )
        for minutes in ago for task in ("one", "two")
    )  # fmt: skip


def _all(step: Step) -> Numbers:
    return together(row.numbers for row in rows(["quick"], step, LONG_AGO))


def test_every_step_adds_up_to_the_same_before_and_after_the_roll_up() -> None:
    _minutes(1, hours=20)
    before = _all("minute")
    assert _all("hour") == _all("day") == before
    roll_up()
    assert _all("minute") == _all("hour") == _all("day") == before


def test_minutes_go_after_a_day_and_their_hours_stay() -> None:
    _minutes(2, hours=70)
    before = _all("minute")
    rolled = roll_up()
    assert rolled.deleted > 0
    assert not Metric.objects.filter(
        period="minute", at__lt=datetime.now(UTC) - timedelta(hours=25.1)
    ).exists()
    assert _all("hour") == _all("day") == before
    roll_up()
    assert _all("hour") == _all("day") == before


def test_a_minute_that_changes_after_the_roll_up_changes_its_hour_with_the_next() -> None:
    _minutes(3, hours=5, count=200)
    roll_up()
    late = Metric.objects.filter(period="minute", at__gt=datetime.now(UTC) - timedelta(minutes=59)).last()
    assert late is not None
    late.completed += 1000
    late.save()
    roll_up()
    assert _all("hour") == _all("minute")


def test_hours_go_after_thirty_days_and_days_after_a_year() -> None:
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    for period, days in (("hour", 29), ("hour", 32), ("day", 300), ("day", 370)):
        Metric.objects.create(
            period=period, at=today - timedelta(days=days), queue="quick", task="t", completed=1
        )
    roll_up()
    kept = {(row.period, (today - row.at).days) for row in Metric.objects.all()}
    assert kept == {("hour", 29), ("day", 29), ("day", 32), ("day", 300)}


def test_steps_and_tasks_are_told_apart() -> None:
    _minutes(4, hours=3, count=100)
    found = rows(["quick"], "hour", LONG_AGO)
    assert set(by_task(found)) == {("quick", "one"), ("quick", "two")}
    assert all(at.minute == 0 for at in by_step(found))
    assert rows(["fixed"], "hour", LONG_AGO) == []


def test_a_span_starts_with_a_whole_step() -> None:
    now = datetime(2026, 3, 1, 12, 34, 56, tzinfo=UTC)
    assert start_of("minute", timedelta(hours=1), now) == datetime(2026, 3, 1, 11, 35, tzinfo=UTC)
    assert start_of("hour", timedelta(hours=24), now) == datetime(2026, 2, 28, 13, tzinfo=UTC)


def test_percentiles_of_a_million_recorded_durations_are_those_of_the_durations_themselves() -> None:
    draw = np.random.default_rng(5)
    values = np.concatenate([draw.lognormal(-3, 1.5, 700_000), draw.exponential(2.0, 300_000)])
    began = datetime.now(UTC).timestamp() - 3000
    for part, durations in enumerate(np.array_split(values, 40)):  # of two tasks, in twenty minutes
        batch = Batch(began + 3000)
        counted = batch.of(began + part // 2 * 60, "quick", f"task{part % 2}")
        for seconds in durations.tolist():
            counted.run(seconds)
        batch.write()
    roll_up()
    total = _all("day")
    exact = np.sort(values)
    assert total["ran"] == len(exact) == 1_000_000
    assert total.mean_run == pytest.approx(float(exact.mean()), rel=1e-4)
    for share, found in zip(SHARES, histogram.percentiles(total.runs, SHARES), strict=True):
        assert found == pytest.approx(float(exact[math.ceil(share * len(exact)) - 1]), rel=0.02)
    with connection.cursor() as cursor:
        cursor.execute("SELECT avg(pg_column_size(m)) FROM jobs_metric m WHERE period = 'minute'")
        (size,) = cursor.fetchone()
    assert size < 5_000  # bytes, for 25,000 durations of all magnitudes
