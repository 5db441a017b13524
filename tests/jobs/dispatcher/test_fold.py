"""A batch of the log, folded."""

import random
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection, transaction
from django_celery_results.models import TaskResult
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from jobs import celery_json
from jobs.dispatcher.fold import fold
from jobs.dispatcher.sure_fold import fold_surely
from jobs.fence.events import Event, parse
from jobs.models import Attempt, DeadLetter, Job
from jobs.store.dependencies import add_dependencies
from tests.jobs.rows import make_job, snapshot

pytestmark = pytest.mark.django_db

T0 = 1_700_000_000_000
ENDS = ["completed", "retried", "snoozed", "failed", "stalled", "expired", "cancelled"]


def event(kind: str, uid: str = "job", run: int = 1, at: int = 0, **data: Any) -> Event:
    """An event as the scripts write it."""
    ends = kind in ENDS
    return Event(
        "quick", f"{T0 + at}-0", kind, uid, run, T0 + at, T0 if ends else 0,
        "w1" if kind in {"started", "stalled"} else "", data,
    )  # fmt: skip


def job() -> Job:
    """The one job."""
    return Job.objects.get(uid="job")


# -- what a run leaves -----------------------------------------------------------------------------


def test_a_run_in_one_batch_is_as_complete_as_one_in_many() -> None:
    make_job("job")
    folded = fold(
        [
            event("started"),
            event("progress", at=10, fraction=0.5, detail={"message": "half"}),
            event("progress", at=20, fraction=None, detail={"message": "nearly"}),
            event("log", at=25, message="not for the row"),
            event("failed", at=30, type="ValueError", error="no", reason="attempt 3 of 3 failed"),
        ]
    )
    assert [(moved.uid, moved.state) for moved in folded.moved] == [("job", "failed")]
    row = job()
    assert (row.state, row.worker, row.runs, row.attempt) == ("failed", "w1", 1, 1)
    assert (row.progress, row.progress_detail) == (0.5, {"message": "nearly"})
    attempt = Attempt.objects.get()
    assert (attempt.worker, attempt.outcome, attempt.error_type) == ("w1", "failed", "ValueError")
    assert attempt.seconds == pytest.approx(0.03)


def test_several_runs_of_a_job_in_one_batch_each_leave_an_attempt() -> None:
    make_job("job")
    fold(
        [
            event("started", run=1), event("retried", run=1, delay=0, type="ValueError"),
            event("started", run=2), event("stalled", run=2, reason="gone"),
            event("started", run=3), event("completed", run=3, result="7"),
        ]
    )  # fmt: skip
    outcomes = Attempt.objects.order_by("run").values_list("run", "outcome", "error_type", "error")
    assert list(outcomes) == [
        (1, "retried", "ValueError", ""), (2, "stalled", "Stalled", "gone"), (3, "completed", "", ""),
    ]  # fmt: skip
    row = job()
    assert (row.state, row.runs, row.attempt, row.stalls, row.progress) == ("completed", 3, 2, 1, 1.0)
    assert TaskResult.objects.get().result == "7"


@pytest.mark.parametrize(
    ("kind", "exc_type", "module", "message"),
    [
        ("expired", "TaskRevokedError", "celery.exceptions", "expired"),
        ("cancelled", "TaskRevokedError", "celery.exceptions", "cancelled"),
    ],
)
def test_a_job_that_never_ran_has_a_result_that_celery_can_read(
    kind: str, exc_type: str, module: str, message: str
) -> None:
    make_job("job")
    fold([event(kind)])
    result = TaskResult.objects.get()
    assert result.status == "REVOKED"
    assert celery_json.loads(result.result) == {
        "exc_type": exc_type, "exc_message": [message], "exc_module": module,
    }  # fmt: skip


def test_a_result_with_a_nul_or_half_a_surrogate_pair_is_stored_as_celery_reads_it() -> None:
    from jobs.worker.event_json import event_json

    make_job("job")
    text = event_json({"result": celery_json.dumps("a\0b\ud800")})
    fold(
        [
            parse(
                "quick",
                "1-0",
                {"e": "completed", "j": "job", "r": "1", "t": str(T0), "s": str(T0), "d": text},
            )
        ]
    )
    assert job().state == "completed"
    assert celery_json.loads(TaskResult.objects.get().result) == "a\0b\ud800"


def test_letters_with_the_same_cause_share_a_fingerprint_and_others_do_not() -> None:
    causes: list[dict[str, Any]] = [
        {"type": "ValueError", "place": "a.py:f", "error": "1"},
        {"type": "ValueError", "place": "a.py:f", "error": "2"},
        {"type": "ValueError", "place": "a.py:g", "error": "1"},
        {"type": "KeyError", "place": "a.py:f", "error": "1"},
    ]
    for number, cause in enumerate(causes):
        make_job(f"job-{number}")
        fold([event("failed", f"job-{number}", **cause)])
    prints = list(DeadLetter.objects.order_by("job_uid").values_list("fingerprint", flat=True))
    assert prints[0] == prints[1]
    assert len(set(prints)) == 3


def test_parents_are_counted_down_in_the_same_fold() -> None:
    make_job("child")
    make_job("job", queue="fixed")
    add_dependencies("job", ["child"])
    assert fold([event("retried", "child", delay=0)]).unblocked == set()
    assert fold([event("completed", "child", run=2)]).unblocked == {"fixed"}
    assert job().state == "waiting"


# -- batches ---------------------------------------------------------------------------------------


@st.composite
def logs(draw: DrawFn) -> list[Event]:
    """Logs as workers and the rescue write them, with duplicates, late and fenced events thrown in."""
    lines = [draw(_life(f"job-{number}")) for number in range(3)]
    log: list[Event] = []
    order = random.Random(draw(st.integers(0, 2**32)))
    while any(lines):
        log.append(order.choice([line for line in lines if line]).pop(0))
    for _ in range(draw(st.integers(0, 4)) if log else 0):
        index = order.randrange(len(log))
        log.insert(order.randint(index + 1, len(log)), log[index])  # the same again, later
    return log


@st.composite
def _life(draw: DrawFn, uid: str) -> list[Event]:
    told: list[Event] = []
    for run in range(1, draw(st.integers(1, 4)) + 1):
        told.append(event("started", uid, run, at=run * 10))
        for step in range(draw(st.integers(0, 2))):
            fraction = draw(st.sampled_from([None, 0.25, 0.5]))
            told.append(event("progress", uid, run, fraction=fraction, detail={"message": f"{run}.{step}"}))
        kind = draw(st.sampled_from(["retried", "snoozed", "stalled", *ENDS, ""]))
        if kind:
            told.append(event(kind, uid, run, at=run * 10 + 5, delay=0, reason=kind, result=f'"{run}"'))
    return told


def _family() -> None:
    """Three jobs and a parent of two of them, the same ids every time."""
    for number in range(3):
        make_job(f"job-{number}")
    make_job("parent")
    add_dependencies("parent", ["job-0", "job-1"])


def _folded(batches: Sequence[Sequence[Event]]) -> dict[str, list[Any]]:
    """What is in the database after these folds, which are then taken back."""
    with transaction.atomic():
        point = transaction.savepoint()
        for batch in batches:
            fold(batch)
        after = snapshot()
        transaction.savepoint_rollback(point)
    return _timeless(after)


def _timeless(after: dict[str, list[Any]]) -> dict[str, list[Any]]:
    for row in [*after["jobs"], *after["letters"], *after["results"]]:
        if "parent" in {row.get("uid"), row.get("job_uid"), row.get("task_id")}:
            for clock in ("finished_at", "failed_at", "date_done"):
                row.pop(clock, None)
    return after


SLOW = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


@SLOW
@given(log=logs(), cuts=st.lists(st.integers(0, 60), max_size=4))
def test_however_a_log_is_cut_into_batches_the_rows_are_the_same(log: list[Event], cuts: list[int]) -> None:
    with transaction.atomic():
        _family()
        places = [0, *sorted(min(cut, len(log)) for cut in cuts), len(log)]
        batches = [log[start:end] for start, end in pairwise(places)]
        one_by_one = _folded([[each] for each in log])
        assert _folded([log]) == one_by_one
        assert _folded(batches) == one_by_one
        transaction.set_rollback(True)


@SLOW
@given(log=logs())
def test_a_log_that_is_folded_again_changes_nothing(log: list[Event]) -> None:
    with transaction.atomic():
        _family()
        once = _folded([log])
        assert _folded([log, log]) == once
        transaction.set_rollback(True)


# -- events that cannot be stored ------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        {"type": "x" * 300},
        {"error": "\ud800"},
        {"error": "a\0b"},
        {"delay": "soon"},
        {"delay": 1e300},
        {"args": "\0"},
    ],
)
def test_an_outcome_that_cannot_be_stored_fails_its_job_and_no_other(data: dict[str, Any]) -> None:
    make_job("job")
    make_job("other")
    folded = fold_surely([event("retried", **data), event("completed", "other", result="1")])
    assert {(moved.uid, moved.state) for moved in folded.moved} == {("job", "failed"), ("other", "completed")}
    assert job().reason.startswith("its outcome cannot be stored: ")


@pytest.mark.parametrize(
    "poison",
    [
        event("progress", fraction=0.5, detail={"message": "\0"}),
        event("progress", fraction="half", detail=None),
        event("progress", fraction=0.5, detail=float("nan")),
        event("started", run=2**40),
        event("completed", run=2**40),
        event("completed", uid="\ud800"),
    ],
)
def test_any_other_event_that_cannot_be_stored_is_skipped(poison: Event) -> None:
    make_job("job", state="active", runs=1)
    make_job("other")
    folded = fold_surely([poison, event("completed", "other", result="1")])
    assert [(moved.uid, moved.state) for moved in folded.moved] == [("other", "completed")]
    assert job().state == "active"
    assert connection.in_atomic_block


def test_nothing_is_nothing() -> None:
    folded = fold([])
    assert (folded.moved, folded.unblocked) == ([], set())
    assert fold([Event("quick", "1-0", "enqueued"), Event("quick", "1-1", "malformed")]).moved == []
