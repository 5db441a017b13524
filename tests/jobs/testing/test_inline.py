"""`testing.inline`: jobs run at once, in a test's transaction as in a real one."""

from typing import Any

import pytest
from celery import chain, chord
from django.db import IntegrityError, connection, transaction

from jobs import testing
from jobs.fence.connection import client
from jobs.models import Attempt, Job
from jobs.testing.memory import Memory
from tests.sample_tasks import add, fail, fail_until, limited, mark, noop, only_one, record, refuse, tell

pytestmark = pytest.mark.django_db
in_both = pytest.mark.parametrize(
    "where",
    [
        pytest.param("rolled back", marks=pytest.mark.django_db),
        pytest.param("committed", marks=pytest.mark.django_db(transaction=True)),
    ],
)


def enqueue_and_roll_back() -> None:
    """A block that enqueues, leaves something to its commit, and fails."""
    with transaction.atomic():
        add.delay(1, 2)
        transaction.on_commit(lambda: pytest.fail("it never commits"))
        raise KeyError


def enqueue_inline(task: Any, *args: Any) -> None:
    """Enqueue one job and one good one in a block of their own."""
    with testing.inline():
        task.delay(*args)
        noop.delay()


@in_both
def test_a_job_runs_when_the_block_that_enqueued_it_commits(where: str) -> None:
    with testing.inline():
        at_once = add.delay(1, 2)
        assert (at_once.state, at_once.get(timeout=1)) == ("SUCCESS", 3)
        with transaction.atomic():
            with transaction.atomic():
                later = add.delay(3, 4)
            assert later.state == "PENDING"
        assert later.result == 7
    assert Attempt.objects.count() == 2


@in_both
def test_a_job_of_a_block_that_rolls_back_never_existed(where: str) -> None:
    done: list[str] = []
    with testing.inline() as jobs:
        with pytest.raises(KeyError):
            enqueue_and_roll_back()
        with transaction.atomic():
            transaction.on_commit(lambda: done.append("committed"))
            assert done == []
        jobs.assert_not_enqueued(add)
    assert done == ["committed"]


def test_what_was_left_to_on_commit_before_the_block_is_not_the_twins() -> None:
    done: list[str] = []
    transaction.on_commit(lambda: done.append("before"))
    with testing.inline():
        transaction.on_commit(lambda: done.append("inside"))
        assert done == ["inside"]
    transaction.on_commit(lambda: done.append("after"))
    assert done == ["inside"]
    assert not isinstance(client(), Memory)


def test_an_error_in_a_robust_hook_is_nobodys_and_another_is_the_callers() -> None:
    def broken() -> None:
        raise ZeroDivisionError

    with testing.inline():
        transaction.on_commit(broken, robust=True)
        with pytest.raises(ZeroDivisionError):
            transaction.on_commit(broken)


def test_retries_run_to_their_end_with_the_clock_moved_on_by_their_delays() -> None:
    with testing.inline() as jobs:
        assert fail_until.delay(3).result == 3
    assert jobs.elapsed.total_seconds() == pytest.approx(0.2 + 0.4, abs=0.5)
    assert [attempt.outcome for attempt in Attempt.objects.order_by("run")] == [
        "retried",
        "retried",
        "completed",
    ]


def test_a_job_with_a_countdown_waits_for_the_clock_and_runs_at_its_time() -> None:
    with testing.inline() as jobs:
        late, soon = noop.apply_async(("late",), countdown=600), noop.apply_async(("soon",), countdown=60)
        assert jobs.completed == []
        assert jobs.advance(30) == []
        assert [job.uid for job in jobs.advance(minutes=10)] == [soon.id, late.id]
        assert jobs.elapsed.total_seconds() == 630


def test_celerys_canvas_runs() -> None:
    with testing.inline():
        assert chain(add.s(1, 1), add.s(5), noop.s()).apply_async().get(timeout=1) == 7
        assert chord([add.s(1, 1), add.s(5, 5)])(noop.s()).get(timeout=1) == [2, 10]


def test_dependents_run_after_what_they_wait_for() -> None:
    with testing.inline() as jobs:
        first = noop.apply_async((1,), countdown=5)
        second = noop.apply_async((2,), depends_on=[first])
        assert Job.objects.get(uid=second.id).state == "blocked"
        assert [job.uid for job in jobs.advance(5)] == [first.id, second.id]


def test_a_job_that_fails_raises_at_the_end_of_the_block_from_its_own_error() -> None:
    with pytest.raises(testing.JobFailed, match=r"fail\('no luck'\) is failed: attempt 3 of 3") as told:
        enqueue_inline(fail, "no luck")
    assert isinstance(told.value.__cause__, RuntimeError)
    assert Job.objects.filter(state="completed").count() == 1


def test_a_failure_that_is_expected_does_not_raise() -> None:
    with testing.inline() as jobs:
        refuse.delay()
        letter = jobs.dead_letters[0]
        assert (letter.error_type, letter.retryable) == ("Permanent", False)
        assert jobs.assert_failed(refuse).uid == letter.job_uid
    with testing.inline(raise_errors=False):
        refuse.delay()


def test_the_errors_of_the_test_itself_come_first() -> None:
    def break_off() -> None:
        with testing.inline():
            fail.delay()
            raise KeyError

    with pytest.raises(KeyError):
        break_off()


def test_a_database_error_in_a_job_does_not_break_the_tests_transaction(marks: None) -> None:
    with testing.inline() as jobs:
        mark.delay("before")
        sabotaged = mark.s("x").set(queue="quick")
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE tests_mark ADD CONSTRAINT never CHECK (mark <> 'x')")
        sabotaged.apply_async(max_attempts=1)
        assert jobs.assert_failed(mark, "x", error=IntegrityError).attempt == 1
        record("after")


def test_a_job_that_goes_on_for_ever_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jobs.testing.twin._AT_MOST", 10)
    with pytest.raises(testing.NeverIdle, match=r"10 jobs ran and there is more to run; the last: limited"):
        enqueue_inline(limited, 60)


def test_waiting_for_a_job_that_nobody_runs_is_an_error_rather_than_for_ever() -> None:
    with testing.inline(), pytest.raises(testing.WouldWaitForEver, match="has not ended"):
        noop.apply_async(countdown=60).get(timeout=1)


def test_unique_jobs_meet_the_live_one_and_priorities_are_kept() -> None:
    with testing.inline() as jobs:
        with transaction.atomic():
            first, second = only_one.delay("a"), only_one.delay("a")
            urgent = only_one.using(priority=10).enqueue("b")
        assert (first.id, second.created) == (second.id, False)
        started = [event.uid for event in jobs.runner.events if event.kind == "started"]
        assert started == [urgent.id, first.id]
        assert only_one.delay("a").created


def test_progress_and_logs_are_events() -> None:
    with testing.inline() as jobs:
        result = tell.delay(2)
    assert jobs.logs(result) == ["line 1", "line 2"]
    assert Job.objects.get(uid=result.id).progress == 1
    assert [event.kind for event in jobs.events(result)] == [
        "started", "progress", "log", "progress", "log", "completed",
    ]  # fmt: skip
