"""The fold's write: which rows move, and what is written beside them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django_celery_results.models import TaskResult

from jobs.models import Attempt, DeadLetter, Job
from jobs.states import MOVES, TERMINAL, State
from jobs.store.outcomes import Outcome, Start, write_outcomes, write_progress, write_starts
from tests.jobs.rows import make_job, snapshot

pytestmark = pytest.mark.django_db

STARTED, ENDED = 1_700_000_000.0, 1_700_000_002.5
KINDS = ["completed", "retried", "snoozed", "failed", "stalled", "cancelled", "expired"]


def outcome(job: Job, kind: str, run: int = 1, **values: Any) -> Outcome:
    """How a run of the job ended."""
    return Outcome(job.uid, run, kind, **({"started": STARTED, "ended": ENDED} | values))


def at(seconds: float) -> datetime:
    """A moment as Django reads it."""
    return datetime.fromtimestamp(seconds, UTC)


# -- starts and progress ---------------------------------------------------------------------------


def test_a_start_makes_a_waiting_row_active() -> None:
    job = make_job(progress=0.5, progress_detail={"message": "of the run before"})
    write_starts([Start(job.uid, 1, STARTED, "w1")])
    job.refresh_from_db()
    assert (job.state, job.runs, job.attempt, job.worker) == ("active", 1, 0, "w1")
    assert (job.started_at, job.progress, job.progress_detail) == (at(STARTED), None, None)


@pytest.mark.parametrize("state", [state for state in State if state is not State.WAITING])
def test_a_start_moves_no_other_row(state: State) -> None:
    job = make_job(state=state)
    before = snapshot()
    write_starts([Start(job.uid, 1, STARTED, "w1")])
    assert snapshot() == before


@pytest.mark.parametrize("run", [0, 1, 3, 7])
def test_a_start_of_another_run_than_the_next_changes_nothing(run: int) -> None:
    job = make_job(runs=1)
    before = snapshot()
    write_starts([Start(job.uid, run, STARTED, "w1"), Start("nobody", 1, STARTED, "w1")])
    assert snapshot() == before


def test_progress_is_written_for_the_running_run_alone() -> None:
    job, fenced, waiting = make_job(state="active", runs=2), make_job(state="active", runs=3), make_job()
    write_progress([(job.uid, 2, 0.5, '{"message": "half"}'), (job.uid, 1, 0.9, "null")])
    write_progress([(fenced.uid, 2, 0.5, "{}"), (waiting.uid, 1, 0.5, "{}")])
    job.refresh_from_db()
    assert (job.progress, job.progress_detail) == (0.5, {"message": "half"})
    assert set(Job.objects.exclude(id=job.id).values_list("progress", "progress_detail")) == {(None, None)}


def test_an_unknown_fraction_keeps_the_known_one() -> None:
    job = make_job(state="active", runs=1, progress=0.5)
    write_progress([(job.uid, 1, None, '{"message": "still"}')])
    job.refresh_from_db()
    assert (job.progress, job.progress_detail) == (0.5, {"message": "still"})


# -- where each kind leads -------------------------------------------------------------------------

ENDS = {
    # kind, delay: state, attempts used, stalls, snoozes, the move of the table
    ("completed", None): ("completed", 1, 0, 0, "complete"),
    ("failed", None): ("failed", 1, 0, 0, "fail"),
    ("retried", 30.0): ("delayed", 1, 0, 0, "postpone"),
    ("retried", 0.0): ("waiting", 1, 0, 0, "release_again"),
    ("retried", None): ("waiting", 1, 0, 0, "release_again"),
    ("snoozed", 30.0): ("delayed", 0, 0, 1, "postpone"),
    ("snoozed", 0.0): ("waiting", 0, 0, 1, "release_again"),
    ("stalled", None): ("waiting", 0, 1, 0, "release_again"),
    ("cancelled", None): ("cancelled", 0, 0, 0, "cancel"),
    ("expired", None): ("cancelled", 0, 0, 0, "expire"),
}


@pytest.mark.parametrize("folded_start", [True, False])
@pytest.mark.parametrize(("kind", "delay"), ENDS)
def test_every_kind_of_outcome_makes_its_move(kind: str, delay: float | None, folded_start: bool) -> None:
    state, attempt, stalls, snoozes, move = ENDS[kind, delay]
    job = make_job(state="active", runs=1) if folded_start else make_job()
    moved = write_outcomes([outcome(job, kind, delay=delay, reason="why", worker="w1")])
    assert [(m.id, m.uid, m.queue, m.task, m.state, m.outcome) for m in moved] == [
        (job.id, job.uid, "quick", job.task, state, kind)
    ]
    job.refresh_from_db()
    assert (job.state, job.runs, job.reason, job.worker) == (state, 1, "why", "w1")
    assert (job.attempt, job.stalls, job.snoozes) == (attempt, stalls, snoozes)
    assert job.finished_at == (at(ENDED) if state in TERMINAL else None)
    assert MOVES[move].target == state
    assert "waiting" in MOVES[move].sources


@pytest.mark.parametrize("kind", ["retried", "snoozed"])
def test_a_delay_counts_from_the_databases_now(kind: str) -> None:
    job = make_job(state="active", runs=1)
    before = datetime.now(UTC)
    (moved,) = write_outcomes([outcome(job, kind, delay=60.0)])
    job.refresh_from_db()
    assert job.run_at is not None
    assert abs(job.run_at - before - timedelta(seconds=60)) < timedelta(seconds=5)
    assert moved.due_in == 60.0


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("state", [State.DELAYED, State.BLOCKED, *sorted(TERMINAL)])
def test_no_outcome_moves_a_row_that_is_not_running(kind: str, state: State) -> None:
    job = make_job(state=state, runs=1)
    before = snapshot()
    assert write_outcomes([outcome(job, kind), outcome(job, kind, run=2)]) == []
    assert snapshot() == before


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("state", "runs", "run"), [("active", 2, 1), ("active", 2, 3), ("waiting", 1, 1)])
def test_an_outcome_of_another_run_changes_nothing(kind: str, state: str, runs: int, run: int) -> None:
    job = make_job(state=state, runs=runs)
    before = snapshot()
    assert write_outcomes([outcome(job, kind, run=run)]) == []
    assert snapshot() == before


@pytest.mark.parametrize("kind", KINDS)
def test_an_outcome_that_comes_twice_changes_nothing(kind: str) -> None:
    job = make_job(state="active", runs=1)
    once = outcome(job, kind, delay=5.0, result='"x"')
    assert len(write_outcomes([once])) == 1
    before = snapshot()
    assert write_outcomes([once]) == []
    assert snapshot() == before


@pytest.mark.parametrize(("stalls", "state"), [(0, "waiting"), (1, "waiting"), (2, "failed"), (5, "failed")])
def test_a_job_that_stalled_as_often_as_its_queue_allows_fails(stalls: int, state: str) -> None:
    job = make_job(state="active", runs=9, stalls=stalls)
    write_outcomes([outcome(job, "stalled", run=9, stalled_limit=3)])
    job.refresh_from_db()
    assert (job.state, job.stalls, job.attempt) == (state, stalls + 1, 0)
    assert DeadLetter.objects.count() == (state == "failed")
    assert TaskResult.objects.count() == (state == "failed")


# -- history, results, letters ---------------------------------------------------------------------


def test_the_attempt_is_written_exactly() -> None:
    job = make_job(state="active", runs=4)
    told = {"error_type": "ValueError", "error": "no", "traceback": "tb", "delay": 8.0, "reason": "because"}
    write_outcomes([outcome(job, "retried", run=4, worker="w1", **told)])
    assert snapshot()["attempts"] == [told | {
        "job_id": job.id, "run": 4, "outcome": "retried", "started_at": at(STARTED), "ended_at": at(ENDED),
        "seconds": 2.5, "worker": "w1",
    }]  # fmt: skip


@pytest.mark.parametrize("kind", ["retried", "snoozed", "stalled"])
def test_a_run_that_is_not_the_last_leaves_no_result_and_no_letter(kind: str) -> None:
    job = make_job(state="active", runs=1)
    write_outcomes([outcome(job, kind)])
    assert (TaskResult.objects.count(), DeadLetter.objects.count(), Attempt.objects.count()) == (0, 0, 1)


@pytest.mark.parametrize(
    ("kind", "status", "text"),
    [
        ("completed", "SUCCESS", '"x"'),
        ("failed", "FAILURE", '"x"'),
        (
            "cancelled",
            "REVOKED",
            '{"exc_type": "TaskRevokedError", "exc_module": "celery.exceptions", "exc_message": ["cancelled"]}',
        ),
    ],
)
def test_celerys_result_is_written_exactly(kind: str, status: str, text: str) -> None:
    job = make_job(state="active", runs=1, args=[1], kwargs={"a": 2}, options={"periodic_task_name": "daily"})
    write_outcomes([outcome(job, kind, worker="w1", result='"x"', traceback="tb")])
    result = TaskResult.objects.get()
    assert (result.task_id, result.task_name, result.status) == (job.uid, job.task, status)
    assert (result.task_args, result.task_kwargs, result.worker) == ("[1]", '{"a": 2}', "w1")
    assert (result.result, result.traceback, result.periodic_task_name) == (text, "tb", "daily")
    assert (result.content_type, result.content_encoding) == ("application/json", "utf-8")
    assert (result.date_created, result.date_started, result.date_done) == (
        job.created_at, at(STARTED), at(ENDED),
    )  # fmt: skip


def test_a_result_that_was_stored_before_is_kept() -> None:
    job = make_job(state="active", runs=1)
    TaskResult.objects.create(task_id=job.uid, status="PENDING", result='"large"')
    write_outcomes([outcome(job, "completed", result=None)])
    assert list(TaskResult.objects.values_list("status", "result")) == [("SUCCESS", '"large"')]


def test_a_result_that_nobody_wants_is_not_kept() -> None:
    job = make_job(state="active", runs=1)
    write_outcomes([outcome(job, "completed", keep_result=False)])
    assert TaskResult.objects.count() == 0


def test_the_dead_letter_has_all_that_is_needed_when_the_row_is_gone() -> None:
    job = make_job(
        state="active", runs=3, attempt=2, args=[1], kwargs={"a": 2}, options={"max_attempts": 3}, priority=7,
        correlation_id="c", tags=["x", "y"],
    )  # fmt: skip
    told = {"error_type": "ValueError", "error": "no", "traceback": "tb", "fingerprint": "f", "reason": "why"}
    write_outcomes([outcome(job, "failed", run=3, retryable=False, **told)])
    assert snapshot()["letters"] == [told | {
        "job_uid": job.uid, "queue": "quick", "task": job.task, "args": [1], "kwargs": {"a": 2},
        "options": {"max_attempts": 3}, "priority": 7, "correlation_id": "c", "tags": ["x", "y"],
        "retryable": False, "attempts": 3, "runs": 3, "failed_at": at(ENDED), "resolution": "",
        "resolved_at": None, "resolved_by": "", "note": "", "history": [], "unique_key": None, "automatic": None,
        "next_retry_at": None, "retried_as": "",
    }]  # fmt: skip


def test_a_retry_may_change_the_arguments() -> None:
    job = make_job(state="active", runs=1, args=[1], kwargs={"a": 1})
    write_outcomes([outcome(job, "retried", args="[2]", kwargs=None)])
    job.refresh_from_db()
    assert (job.args, job.kwargs) == ([2], {"a": 1})


@pytest.mark.parametrize(
    ("kind", "fraction", "detail", "expected"),
    [
        ("completed", 0.9, '{"message": "last"}', (1.0, {"message": "last"})),
        ("completed", None, None, (1.0, {"message": "before"})),
        ("failed", 0.9, '{"message": "last"}', (0.9, {"message": "last"})),
        ("failed", None, None, (0.5, {"message": "before"})),
    ],
)
def test_the_last_progress_of_a_run_stays(
    kind: str, fraction: float | None, detail: str | None, expected: Any
) -> None:
    job = make_job(state="active", runs=1, progress=0.5, progress_detail={"message": "before"})
    write_outcomes([outcome(job, kind, fraction=fraction, detail=detail)])
    job.refresh_from_db()
    assert (job.progress, job.progress_detail) == expected


def test_the_progress_of_an_earlier_run_does_not_stay() -> None:
    job = make_job(runs=1, progress=0.5, progress_detail={"message": "before"})
    write_outcomes([outcome(job, "failed", run=2)])
    job.refresh_from_db()
    assert (job.progress, job.progress_detail) == (None, None)


def test_a_batch_moves_each_row_by_its_own_outcome() -> None:
    jobs = [make_job(f"job-{n}", state="active", runs=1) for n in range(len(KINDS))]
    moved = write_outcomes([outcome(job, kind) for job, kind in zip(jobs, KINDS, strict=True)])
    assert {(m.uid, m.outcome) for m in moved} == {(f"job-{n}", kind) for n, kind in enumerate(KINDS)}


def test_waiting_counts_from_when_the_job_could_run() -> None:
    created = at(STARTED - 100)
    plain = make_job(created_at=created)
    later = make_job(created_at=created, run_at=at(STARTED - 10))
    moved = {m.uid: m for m in write_outcomes([outcome(plain, "completed"), outcome(later, "completed")])}
    assert moved[plain.uid].wait_seconds == pytest.approx(100)
    assert moved[later.uid].wait_seconds == pytest.approx(10)
    assert moved[plain.uid].run_seconds == pytest.approx(2.5)
