"""`testing.stepwise`: nothing runs until it is asked for, and the clock is the test's."""

from datetime import UTC, datetime, timedelta

import pytest

from jobs import Unique, testing
from jobs.models import Attempt, DeadLetter, Job
from jobs.store import moves
from jobs.testing import Jobs
from tests.sample_tasks import add, fail, noop, snooze_once

pytestmark = pytest.mark.django_db
pytest_plugins = ["jobs.pytest_plugin"]


def test_jobs_run_one_by_one_by_priority_then_age(stepwise_jobs: Jobs) -> None:
    low = noop.using(priority=1).enqueue("low")
    first, second = noop.delay("first"), noop.delay("second")
    high = noop.using(priority=9).enqueue("high")
    assert stepwise_jobs.completed == []
    order = []
    while (upcoming := stepwise_jobs.next()) is not None:
        ran = stepwise_jobs.run_next()
        assert ran
        assert (ran.uid, ran.state) == (upcoming.uid, "completed")
        order.append(ran.uid)
    assert order == [high.id, first.id, second.id, low.id]
    assert stepwise_jobs.run_next() is None


def test_run_all_leaves_what_is_delayed_and_run_until_idle_does_not(stepwise_jobs: Jobs) -> None:
    fail.delay()
    noop.apply_async(countdown=3600)
    assert [job.state for job in stepwise_jobs.run_all()] == ["delayed"]
    assert stepwise_jobs.elapsed == timedelta()
    ran = stepwise_jobs.run_until_idle()
    assert [job.short_task for job in ran] == ["fail", "fail", "noop"]
    assert stepwise_jobs.assert_failed(fail, error=RuntimeError).attempt == 3
    assert stepwise_jobs.elapsed.total_seconds() == pytest.approx(3600, abs=30)


def test_advancing_runs_nothing_but_lets_due_jobs_wait(stepwise_jobs: Jobs) -> None:
    uid = noop.apply_async(countdown=600).id
    stepwise_jobs.advance(minutes=9)
    assert stepwise_jobs.next() is None
    stepwise_jobs.advance(minutes=1)
    assert Job.objects.get(uid=uid).state == "waiting"
    ran = stepwise_jobs.run_next()
    assert ran
    assert ran.uid == uid


def test_an_eta_is_kept_by_the_same_clock(stepwise_jobs: Jobs) -> None:
    stepwise_jobs.advance(days=1)
    noop.apply_async(eta=datetime.now(UTC) + timedelta(hours=1))
    stepwise_jobs.advance(minutes=59)
    assert stepwise_jobs.next() is None
    stepwise_jobs.advance(minutes=1)
    assert stepwise_jobs.next() is not None


def test_a_job_that_expired_is_cancelled_and_never_runs(stepwise_jobs: Jobs) -> None:
    late, on_time = noop.apply_async(expires=60), noop.apply_async(expires=3600)
    stepwise_jobs.advance(minutes=2)
    stepwise_jobs.run_all()
    states = {job.uid: (job.state, job.attempt) for job in Job.objects.all()}
    assert states == {late.id: ("cancelled", 0), on_time.id: ("completed", 1)}


def test_an_idempotency_window_closes_with_the_clock(stepwise_jobs: Jobs) -> None:
    add.idempotent_for = 600
    try:
        first = add.delay(1, 2)
        stepwise_jobs.run_all()
        stepwise_jobs.advance(minutes=9)
        assert add.delay(1, 2).id == first.id
        stepwise_jobs.advance(minutes=2)
        assert add.delay(1, 2).created
    finally:
        add.idempotent_for = None


def test_every_moment_moves_together(stepwise_jobs: Jobs) -> None:
    fail.using(max_attempts=1).enqueue()
    stepwise_jobs.run_all()
    stepwise_jobs.assert_failed(fail)
    job, attempt, letter = Job.objects.get(), Attempt.objects.get(), DeadLetter.objects.get()
    stepwise_jobs.advance(days=2)
    after = Job.objects.get()
    for before, now in ((job.created_at, after.created_at), (job.finished_at, after.finished_at)):
        assert before
        assert now
        assert before - now == timedelta(days=2)
    assert attempt.ended_at - Attempt.objects.get().ended_at == timedelta(days=2)
    assert letter.failed_at - DeadLetter.objects.get().failed_at == timedelta(days=2)


def test_a_snooze_uses_no_attempt(stepwise_jobs: Jobs, marks: None) -> None:
    snooze_once.delay("dozing")
    ran = stepwise_jobs.run_all()
    assert [(job.state, job.attempt, job.snoozes) for job in ran] == [("delayed", 0, 1)]
    assert [(job.state, job.attempt) for job in stepwise_jobs.run_until_idle()] == [("completed", 1)]


def test_an_operators_moves_work(stepwise_jobs: Jobs) -> None:
    cancelled, promoted, failed = (
        noop.delay(),
        noop.apply_async(countdown=60),
        fail.using(max_attempts=1).enqueue(),
    )
    moves.cancel(cancelled.id)
    moves.promote(promoted.id)
    assert len(stepwise_jobs.run_all()) == 2
    moves.retry(failed.id)
    ran = stepwise_jobs.run_next()
    assert ran
    assert (ran.uid, ran.runs) == (failed.id, 2)
    assert stepwise_jobs.assert_failed(fail).uid == failed.id
    assert [job.uid for job in stepwise_jobs.in_state("cancelled")] == [cancelled.id]


def test_a_failure_in_a_step_raises_at_the_end_of_the_block() -> None:
    def step() -> None:
        with testing.stepwise() as jobs:
            fail.using(max_attempts=1).enqueue()
            jobs.run_all()

    with pytest.raises(testing.JobFailed):
        step()


def test_rows_that_were_there_before_the_block_run_but_their_old_failures_are_not_told() -> None:
    with testing.stepwise(raise_errors=False) as jobs:
        fail.using(max_attempts=1).enqueue()
        jobs.run_all()
        noop.delay()
    with testing.stepwise() as jobs:
        assert [job.short_task for job in jobs.run_all()] == ["noop"]


def test_assertions_match_some_of_the_arguments_as_they_are_stored(stepwise_jobs: Jobs) -> None:
    add.delay(1, y=2)
    add.delay(x=1, y=3)
    noop.delay({"when": datetime(2026, 11, 1, tzinfo=UTC)})
    assert len(stepwise_jobs.assert_enqueued(add, x=1)) == 2
    assert stepwise_jobs.assert_enqueued(add, 1, 2, times=1) == stepwise_jobs.enqueued(add, y=2)
    stepwise_jobs.assert_enqueued(noop, {"when": datetime(2026, 11, 1, tzinfo=UTC)})
    stepwise_jobs.assert_not_enqueued(add, x=2)
    with pytest.raises(
        AssertionError, match=r"1 expected, 2 found. Enqueued were:\nadd\(1, y=2\) is waiting\nadd"
    ):
        stepwise_jobs.assert_enqueued(add, times=1)
    with pytest.raises(AssertionError, match=r"0 expected, 1 found"):
        stepwise_jobs.assert_not_enqueued(add, y=3)
    with pytest.raises(
        AssertionError, match=r"at least one expected, 0 found. No job of .*fail was enqueued"
    ):
        stepwise_jobs.assert_enqueued(fail)
    with pytest.raises(AssertionError, match="no such job failed by KeyError"):
        stepwise_jobs.assert_failed(add, error=KeyError)


def test_options_are_refused_at_the_same_door(stepwise_jobs: Jobs) -> None:
    from jobs.errors import ArgumentsRefused, OptionRefused

    with pytest.raises(ArgumentsRefused, match="y: missing"):
        add.delay(1)
    with pytest.raises(OptionRefused, match="no parameter 'z'"):
        add.using(unique=Unique("z")).enqueue(1, 2)
    assert not Job.objects.exists()
