"""Counters and histograms: equal to the history, whatever comes twice or late."""

import random
import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from django.db.models import Sum

from jobs import control, histogram
from jobs.dispatcher.fold import fold
from jobs.fence.events import Event
from jobs.models import Attempt, Job, Metric, Tally
from jobs.states import State
from jobs.store.insert import NewJob, insert_many, insert_one
from jobs.store.metrics import Sample, add_tallies, write_samples
from jobs.store.moves import cancel_waiting
from tests.jobs.rows import make_job

pytestmark = pytest.mark.django_db

NOW = int(time.time() // 60) * 60 * 1000 - 120_000  # a whole minute, two minutes ago


def _event(kind: str, uid: str, run: int = 1, at: int = 0, **data: object) -> Event:
    ends = kind != "started"
    return Event("quick", f"{NOW + at}-0", kind, uid, run, NOW + at, NOW if ends else 0, "w1", data)


def _minute(task: str = "tests.sample_tasks.echo") -> Metric:
    return Metric.objects.get(period="minute", queue="quick", task=task)


def _total(name: str) -> int:
    return Metric.objects.filter(period="total").aggregate(n=Sum(name))["n"] or 0


def _new(uid: str, task: str = "t", queue: str = "quick") -> NewJob:
    return NewJob(uid, queue, task, "[]", "{}")


def test_a_run_is_counted_in_its_minute_and_in_the_total() -> None:
    make_job("job", task="tests.sample_tasks.echo")
    fold([_event("started", "job", at=0), _event("completed", "job", at=250)])
    row = _minute()
    assert (row.started, row.completed, row.failed, row.ran) == (1, 1, 0, 1)
    assert row.at == datetime.fromtimestamp(NOW / 1000, UTC)
    assert row.run_us == 250_000
    assert row.runs == {str(histogram.bucket(0.25)): 1}
    total = Metric.objects.get(period="total", queue="quick")
    assert (total.started, total.completed, total.run_us, total.runs) == (1, 1, 250_000, {})


def test_what_takes_less_than_a_millisecond_is_measured_as_well() -> None:
    make_job("job")
    fold([replace(_event("completed", "job"), started_ms=NOW + 0.25, at_ms=NOW + 0.75)])
    assert _minute("tests.sample_tasks.noop").runs == {str(histogram.bucket(0.0005)): 1}


def test_the_same_events_folded_again_change_no_counter() -> None:
    for n in range(5):
        make_job(f"j{n}")
    events = [
        one for n in range(5) for one in (_event("started", f"j{n}"), _event("completed", f"j{n}", at=n * 10))
    ]
    fold(events)
    before = list(Metric.objects.order_by("id").values())
    fold(events)
    for event in events:
        fold([event])
    assert list(Metric.objects.order_by("id").values()) == before


def test_a_start_is_counted_once_whether_its_end_comes_in_the_same_batch_or_later() -> None:
    make_job("together")
    make_job("apart")
    fold([_event("started", "together"), _event("completed", "together", at=5), _event("started", "apart")])
    assert _total("started") == 2
    fold([_event("started", "apart"), _event("completed", "apart", at=9)])
    assert (_total("started"), _total("completed")) == (2, 2)


def test_a_batch_that_is_rolled_back_counts_nothing() -> None:
    make_job("job")
    with transaction.atomic():
        fold([_event("started", "job"), _event("completed", "job")])
        transaction.set_rollback(True)
    assert not Metric.objects.exists()


def test_counters_equal_the_history_after_many_runs_in_any_batches_told_twice() -> None:
    draw = random.Random(11)
    events: list[Event] = []
    for n in range(60):
        insert_one(_new(f"j{n}", task=f"task{n % 3}"))
        run = 0
        while True:
            run += 1
            end = draw.choice(
                ["completed", "retried", "failed", "stalled", "cancelled", "snoozed", "expired"]
            )
            if end != "expired":
                events.append(_event("started", f"j{n}", run, at=run))
            events.append(_event(end, f"j{n}", run, at=run + draw.randrange(5000)))
            if end in {"completed", "failed", "cancelled", "expired"} or (end == "stalled" and run > 30):
                break
    while events:
        size = draw.randrange(1, 40)
        fold(events[:size])
        if draw.random() < 0.3:
            fold(events[:size])
        events = events[size:]
    add_tallies(["quick"])
    assert _total("enqueued") == Job.objects.count() == 60
    assert _total("completed") == Attempt.objects.filter(outcome="completed").count()
    assert _total("retried") == Attempt.objects.filter(outcome="retried").count()
    assert _total("stalled") == Attempt.objects.filter(outcome="stalled").count()
    assert _total("failed") == Job.objects.filter(state=State.FAILED).count()
    assert _total("cancelled") == Job.objects.filter(state=State.CANCELLED).count()
    started = Attempt.objects.filter(started_at__isnull=False).count()
    assert _total("started") == started + Job.objects.filter(state=State.ACTIVE).count()
    counted = histogram.merge(
        {int(place): n for place, n in row.runs.items()} for row in Metric.objects.filter(period="minute")
    )
    assert sum(counted.values()) == _total("ran") == started - _total("stalled")


def test_a_wait_is_from_the_moment_a_job_was_due() -> None:
    with connection.cursor() as cursor:
        make_job("job")
        cursor.execute(
            "UPDATE jobs_job SET created_at = to_timestamp(%s), run_at = to_timestamp(%s)",
            [NOW / 1000 - 3600, NOW / 1000 - 2],
        )
    fold([_event("started", "job")])
    row = Metric.objects.get(period="minute")
    assert (row.waited, row.wait_us) == (1, 2_000_000)
    assert row.waits == {str(histogram.bucket(2.0)): 1}


def test_what_a_stall_gave_back_has_no_wait_of_its_own() -> None:
    make_job("job")
    fold([_event("started", "job"), _event("stalled", "job", at=10)])
    fold([_event("started", "job", 2, at=20_000)])
    assert (_total("started"), _total("waited")) == (2, 1)


def test_an_insert_that_is_rolled_back_is_not_counted() -> None:
    with transaction.atomic():
        insert_one(_new("gone"))
        transaction.set_rollback(True)
    insert_one(_new("kept"))
    insert_one(_new("kept"))
    insert_many([_new("a"), _new("b"), _new("b")])
    add_tallies(["quick"])
    add_tallies(["quick"])
    assert _total("enqueued") == 3
    assert not Tally.objects.exists()


def test_jobs_cancelled_before_they_ran_are_counted() -> None:
    make_job("one")
    cancel_waiting("quick", "one", "no")
    add_tallies(["quick"])
    assert _total("cancelled") == 1


def test_a_cleared_queue_is_counted() -> None:
    for n in range(3):
        make_job(f"j{n}")
    assert control.clear("quick", "tester") == 3
    add_tallies(["quick"])
    assert _total("cancelled") == 3


def test_the_deepest_and_oldest_sample_of_a_minute_stays() -> None:
    now = time.time() // 60 * 60
    write_samples([Sample("quick", 5, 1.5, 0)], now)
    write_samples([Sample("quick", 9, None, 2)], now + 20)
    write_samples([Sample("quick", 1, 0.5, 3)], now + 40)
    row = Metric.objects.get(period="minute", task="")
    assert (row.depth, row.oldest, row.fenced) == (9, 1.5, 3)
    assert _total("fenced") == 3


def test_fenced_outcomes_are_counted_on_when_redis_was_emptied() -> None:
    for fenced, epoch in ((4, "a"), (4, "a"), (6, "a"), (7, "b"), (8, "b")):
        write_samples([Sample("quick", 0, None, fenced, epoch)], time.time())
    assert _total("fenced") == 6 + 8


def test_fenced_outcomes_that_redis_forgot_are_not_counted_twice() -> None:
    for fenced in (4, 6, 5, 6, 7):  # it came back with what it knew a second ago
        write_samples([Sample("quick", 0, None, fenced, "a")], time.time())
    assert _total("fenced") == 6 + 2


def test_a_run_that_nobody_holds_ends_with_the_start_that_was_counted() -> None:
    make_job("job")
    fold([_event("started", "job", at=100)])
    nobody = Event(
        "quick", f"{NOW + 9000}-0", "stalled", "job", 1, NOW + 9000, data={"reason": "nobody holds it"}
    )
    fold([nobody])
    fold([nobody])
    lost = Attempt.objects.get()
    assert lost.started_at == datetime.fromtimestamp((NOW + 100) / 1000, UTC)
    assert (_total("started"), _total("stalled"), _total("ran")) == (1, 1, 0)


def test_the_end_of_a_run_whose_start_redis_forgot_has_its_start() -> None:
    make_job("known")
    make_job("unknown")
    fold([_event("started", "known", at=100)])
    ends = [
        Event("quick", f"{NOW + 9000}-{n}", "completed", uid, 1, NOW + 9000, 0, "w1")
        for n, uid in enumerate(("known", "unknown"))
    ]
    fold(ends)
    starts = dict(Attempt.objects.values_list("job__uid", "started_at"))
    assert starts == {"known": datetime.fromtimestamp((NOW + 100) / 1000, UTC), "unknown": None}
    assert (_total("started"), _total("completed"), _total("ran")) == (1, 2, 1)
