"""What operators do to single jobs."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import LazySettings
from django_celery_results.models import TaskResult

from jobs.errors import IllegalMove, NotFound, Unavailable
from jobs.fence import cancelling, keys, leases
from jobs.fence import connection as redis_connection
from jobs.fence.cancelling import CancelRequest
from jobs.fence.connection import client
from jobs.fence.leases import Lease, Ticket
from jobs.localservices.ports import ANY, choose
from jobs.models import DeadLetter, Job
from jobs.states import MOVES, State
from jobs.store.cancelling import Cancellation
from jobs.store.dependencies import add_dependencies
from jobs.store.moves import cancel, promote, retry
from jobs.store.outcomes import Outcome, write_outcomes
from tests.jobs.rows import make_job, snapshot

pytestmark = pytest.mark.django_db(transaction=True)

TICKET = Ticket(1, "abc")
CALLS: dict[str, Callable[[str], object]] = {"cancel": cancel, "retry": retry, "promote": promote}
LEGAL = {
    "cancel": MOVES["cancel"].sources - {State.ACTIVE},  # a run is asked, see below
    "retry": MOVES["retry"].sources,
    "promote": MOVES["promote"].sources,
}


@pytest.fixture(autouse=True)
def _empty() -> None:
    client().flushdb()


@pytest.mark.parametrize(
    ("name", "state"), [(name, state) for name in CALLS for state in State if state in LEGAL[name]]
)
def test_a_legal_move_ends_where_the_table_says(name: str, state: State) -> None:
    job = make_job(state=state)
    CALLS[name](job.uid)
    assert Job.objects.get().state == MOVES[name].target


@pytest.mark.parametrize(
    ("name", "state"),
    [
        (name, state)
        for name in CALLS
        for state in State
        if state not in LEGAL[name] and (name, state) != ("cancel", State.ACTIVE)
    ],
)
def test_an_illegal_move_says_so_and_changes_nothing(name: str, state: State) -> None:
    job = make_job(state=state)
    before = snapshot()
    with pytest.raises(IllegalMove, match=str(state)):
        CALLS[name](job.uid)
    assert snapshot() == before
    assert client().exists(keys.withdrawn("quick")) == 0


@pytest.mark.parametrize("name", CALLS)
def test_no_job_is_no_move(name: str) -> None:
    with pytest.raises(NotFound, match="There is no job 'nobody'"):
        CALLS[name]("nobody")


# -- cancel ----------------------------------------------------------------------------------------


def test_a_cancelled_job_keeps_its_reason_and_its_ticket_is_worth_nothing() -> None:
    job = make_job()
    _grant(job.uid)
    cancel(job.uid, "not needed")
    job.refresh_from_db()
    assert (job.state, job.reason) == ("cancelled", "not needed")
    assert job.finished_at is not None
    assert _claim(job.uid) == "stale"


def test_a_job_that_has_just_started_is_asked_to_end() -> None:
    job = make_job()
    _grant(job.uid)
    assert _claim(job.uid) == "claimed"

    assert cancel(job.uid, "not needed") == Cancellation(running=True)

    job.refresh_from_db()
    assert (job.state, job.reason, job.cancel_reason, job.cancel_grace) == ("waiting", "", "not needed", 5.0)
    held = cancelling.find(client(), "quick", job.uid)
    assert held is not None
    assert CancelRequest.of(held) == CancelRequest("not needed", 5.0)


def test_of_two_requests_the_first_reason_and_the_shorter_patience_count() -> None:
    job = make_job(state="active", runs=1)
    cancel(job.uid, "first", interrupt=False)
    assert Job.objects.get().cancel_grace is None
    cancel(job.uid, "second")
    row = Job.objects.get()
    assert (row.cancel_reason, row.cancel_grace, row.state) == ("first", 5.0, "active")


def test_a_running_job_is_asked_in_its_row_though_redis_is_away(
    settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = make_job(state="active", runs=1)
    settings.REDIS_URL = f"redis://127.0.0.1:{choose(ANY)}/0"
    monkeypatch.setattr(redis_connection, "_clients", {})
    assert cancel(job.uid, "not needed") == Cancellation(running=True)
    assert Job.objects.get().cancel_reason == "not needed"


@pytest.mark.parametrize("kind", ["retried", "snoozed", "stalled"])
def test_a_job_that_was_asked_to_end_does_not_run_again(kind: str) -> None:
    job = make_job(state="active", runs=1)
    cancel(job.uid, "not needed")
    (moved,) = write_outcomes([Outcome(job.uid, 1, kind, 1.0, 2.0, delay=5.0)])
    assert (moved.state, moved.outcome) == ("cancelled", "cancelled")
    row = Job.objects.get()
    assert row.reason == f"not needed; its run had ended ({kind})"
    assert row.finished_at is not None
    assert (DeadLetter.objects.count(), TaskResult.objects.get().status) == (0, "REVOKED")


@pytest.mark.parametrize("kind", ["completed", "failed"])
def test_a_run_that_ended_for_good_first_wins(kind: str) -> None:
    job = make_job(state="active", runs=1)
    cancel(job.uid, "not needed")
    (moved,) = write_outcomes([Outcome(job.uid, 1, kind, 1.0, 2.0, reason="own")])
    assert (moved.state, Job.objects.get().reason) == (kind, "own")


def test_a_job_that_was_asked_to_end_may_be_retried_by_hand() -> None:
    job = make_job(state="active", runs=1)
    cancel(job.uid, "not needed")
    write_outcomes([Outcome(job.uid, 1, "cancelled", 1.0, 2.0, reason="it was interrupted")])
    assert Job.objects.get().reason == "not needed; it was interrupted"
    retry(job.uid)
    row = Job.objects.get()
    assert (row.state, row.cancel_requested_at, row.cancel_reason, row.cancel_grace) == (
        "waiting",
        None,
        "",
        None,
    )


def test_without_redis_nothing_is_cancelled(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> None:
    job = make_job()
    before = snapshot()
    settings.REDIS_URL = f"redis://127.0.0.1:{choose(ANY)}/0"
    monkeypatch.setattr(redis_connection, "_clients", {})
    with pytest.raises(Unavailable, match="the job was not cancelled"):
        cancel(job.uid)
    assert snapshot() == before


def test_who_waits_for_a_cancelled_job_fails() -> None:
    child, parent = make_job(), make_job(queue="fixed")
    add_dependencies(parent.uid, [child.uid])
    cancel(child.uid)
    parent.refresh_from_db()
    assert parent.state == "failed"


# -- retry -----------------------------------------------------------------------------------------


def test_a_retried_job_has_all_its_attempts_again_and_a_new_run() -> None:
    job = make_job(state="active", runs=3, attempt=2, stalls=1, snoozes=4, progress=0.5)
    write_outcomes([Outcome(job.uid, 3, "failed", 1.0, 2.0, result='"x"')])
    retry(job.uid)
    job.refresh_from_db()
    assert (job.state, job.runs) == ("waiting", 3)
    assert (job.attempt, job.stalls, job.snoozes, job.progress) == (0, 0, 0, None)
    assert (job.finished_at, job.run_at, job.expires_at) == (None, None, None)
    assert DeadLetter.objects.get().resolution == "retried"
    assert DeadLetter.objects.get().resolved_at is not None
    assert TaskResult.objects.count() == 0


def test_a_job_cannot_be_retried_twice() -> None:
    job = make_job(state="failed")
    retry(job.uid)
    before = snapshot()
    with pytest.raises(IllegalMove):
        retry(job.uid)
    assert snapshot() == before


def test_a_second_failure_gets_a_letter_of_its_own() -> None:
    job = make_job(state="active", runs=1)
    write_outcomes([Outcome(job.uid, 1, "failed", 1.0, 2.0)])
    retry(job.uid)
    write_outcomes([Outcome(job.uid, 2, "failed", 3.0, 4.0)])
    assert list(DeadLetter.objects.order_by("runs").values_list("runs", "resolution")) == [
        (1, "retried"), (2, ""),
    ]  # fmt: skip


def test_a_job_is_not_retried_beside_a_live_one_with_its_unique_key() -> None:
    job = make_job(state="failed", unique_key="k")
    DeadLetter.objects.create(job_uid=job.uid, queue="quick", task="t", failed_at=job.created_at)
    make_job(unique_key="k")
    before = snapshot()
    with pytest.raises(IllegalMove, match="unique key"):
        retry(job.uid)
    assert snapshot() == before


def test_a_cancelled_job_that_is_retried_may_have_a_ticket_at_once() -> None:
    job = make_job()
    cancel(job.uid)
    assert _grant(job.uid) == set()
    retry(job.uid)
    assert _grant(job.uid) == {job.uid}


# -- promote ---------------------------------------------------------------------------------------


def test_a_promoted_job_may_run_now() -> None:
    job = make_job(state="delayed", run_at="2100-01-01T00:00Z")
    promote(job.uid)
    job.refresh_from_db()
    assert job.state == "waiting"
    assert job.run_at is not None
    assert job.run_at.year < 2100


@pytest.mark.parametrize(("name", "state"), [("retry", "failed"), ("promote", "delayed")])
def test_the_dispatcher_is_told(name: str, state: str) -> None:
    job = make_job(state=state)
    CALLS[name](job.uid)
    entries: Any = client().xrange(keys.events("quick"))
    assert [(fields["e"], fields["j"]) for _, fields in entries] == [("enqueued", job.uid)]


def _grant(uid: str) -> set[str] | None:
    client().set(keys.leader("quick"), "leader")
    return leases.write_tickets(client(), "quick", "leader", [(uid, TICKET)])


def _claim(uid: str) -> str:
    return leases.claim(client(), Lease(uid, "quick", 1, "abc", "w1", 42), TICKET, None)[0]
