"""From a call to a row, on real PostgreSQL and Valkey."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from celery import shared_task
from django.conf import LazySettings
from django.db import connection, transaction

from jobs import Custom, Fixed, Unique, wake
from jobs.errors import ArgumentsRefused, PayloadTooLarge, Refused, UnknownName
from jobs.fence import connection as redis_connection
from jobs.fence import keys
from jobs.fence.connection import client
from jobs.localservices.ports import ANY, choose
from jobs.models import Dependency, Job
from jobs.options import Unique as UniqueOption
from jobs.states import State
from tests import sample_tasks

pytestmark = pytest.mark.django_db(transaction=True)


def _compute(address: str, depth: int = 1) -> str:
    return address * depth


compute: Any = shared_task(name="tests.enqueue.compute", idempotent_for=600)(_compute)
loose: Any = shared_task(name="tests.enqueue.loose", typing=False, subject="address")(_compute)
about: Any = shared_task(name="tests.enqueue.about", subject="address", priority=7)(_compute)
tasks: Any = sample_tasks


@pytest.fixture(autouse=True)
def _clean_log() -> None:
    for queue in ("quick", "default"):
        client().delete(keys.events(queue))


def woken(queue: str = "quick") -> int:
    """How many wake-ups the queue's log holds."""
    entries: Any = client().xrange(keys.events(queue))
    return sum(fields["e"] == "enqueued" for _, fields in entries)


def finish(uid: str, state: str) -> None:
    """Put a row into a terminal state."""
    Job.objects.filter(uid=uid).update(state=state, finished_at=datetime.now(UTC))


# -- the caller's transaction ----------------------------------------------------------------------


def test_a_call_is_a_row_with_everything_it_needs() -> None:
    result = tasks.add.using(
        priority="high", tags=["a", "b", "a"], correlation_id="order-7", max_attempts=2, strategy=Fixed(3),
        time_limit=60,
    ).enqueue(1, y=2)  # fmt: skip
    job = Job.objects.get(uid=result.id)
    assert result.created is True
    assert (job.queue, job.task, job.state, job.priority) == ("quick", "tests.sample_tasks.add", "waiting", 7)
    assert (job.args, job.kwargs, job.tags, job.correlation_id) == ([1], {"y": 2}, ["a", "b"], "order-7")
    assert job.options == {
        "max_attempts": 2, "time_limit": 60, "strategy": {"kind": "fixed", "seconds": 3, "jitter": 0.0},
    }  # fmt: skip
    assert (job.max_attempts, job.runs, job.attempt, job.pending_children) == (2, 0, 0, 0)
    assert (job.run_at, job.expires_at, job.started_at, job.finished_at) == (None, None, None, None)


def test_after_a_commit_the_dispatcher_is_told_and_not_before() -> None:
    with transaction.atomic():
        result = tasks.noop.delay(1)
        assert woken() == 0
        assert Job.objects.filter(uid=result.id).exists()
    assert woken() == 1


def test_a_job_that_was_rolled_back_never_existed() -> None:
    def call() -> None:
        with transaction.atomic():
            tasks.noop.delay(1)
            raise RuntimeError("roll back")

    with pytest.raises(RuntimeError):
        call()
    assert Job.objects.count() == 0
    assert woken() == 0


def test_a_savepoint_takes_only_its_own_jobs_back() -> None:
    def inner(kept: Any) -> None:
        with transaction.atomic():
            tasks.noop.delay("dropped")
            tasks.noop.using(depends_on=[kept]).enqueue("dropped too")
            raise RuntimeError("roll back")

    with transaction.atomic():
        kept = tasks.noop.delay("kept")
        with pytest.raises(RuntimeError):
            inner(kept)
    assert list(Job.objects.values_list("uid", flat=True)) == [kept.id]
    assert Dependency.objects.count() == 0
    assert woken() == 1


def test_other_transactions_see_nothing_before_the_commit() -> None:
    seen: list[int] = []

    def look() -> None:
        seen.append(Job.objects.count())
        connection.close()

    with transaction.atomic():
        tasks.noop.delay(1)
        _in_thread(look)
    _in_thread(look)
    assert seen == [0, 1]


def test_redis_being_down_is_no_error_and_few_calls_try(
    settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_connection, "_clients", {})
    monkeypatch.setattr(wake, "_quiet_until", 0.0)
    with deaf_server() as (port, accepted):
        settings.REDIS_URL = f"redis://127.0.0.1:{port}/0"
        results = [tasks.noop.delay(n) for n in range(50)]
    assert Job.objects.filter(uid__in=[result.id for result in results], state="waiting").count() == 50
    assert 0 < len(accepted) < 50


@contextmanager
def deaf_server() -> Iterator[tuple[int, list[int]]]:
    """A port that accepts connections and hangs up, and the list of those that it accepted."""
    accepted: list[int] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with suppress(OSError):  # the server was closed: the end
                while True:
                    peer, _ = server.accept()
                    accepted.append(peer.fileno())
                    peer.close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1], accepted
        server.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def test_while_redis_is_away_it_is_not_asked_again_for_a_moment(
    settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = settings.REDIS_URL
    settings.REDIS_URL = f"redis://127.0.0.1:{choose(ANY)}/0"
    monkeypatch.setattr(redis_connection, "_clients", {})
    monkeypatch.setattr(wake, "_quiet_until", 0.0)
    tasks.noop.delay(1)
    settings.REDIS_URL = port
    monkeypatch.setattr(redis_connection, "_clients", {})
    tasks.noop.delay(2)
    assert woken() == 0
    monkeypatch.setattr(wake, "_quiet_until", time.monotonic())
    tasks.noop.delay(3)
    assert woken() == 1


# -- meeting an existing job -----------------------------------------------------------------------


def test_a_task_id_makes_one_job() -> None:
    first = tasks.noop.apply_async((1,), task_id="order-1")
    second = tasks.noop.apply_async((2,), task_id="order-1")
    assert (first.id, first.created, second.id, second.created) == ("order-1", True, "order-1", False)
    assert Job.objects.get().args == [1]
    assert woken() == 1


def test_a_task_id_in_bulk_makes_one_job_and_says_so() -> None:
    results = tasks.noop.enqueue_many([{"value": 1}, {"value": 2}], task_id="order-1")
    assert [(result.id, result.created) for result in results] == [("order-1", True), ("order-1", False)]
    assert Job.objects.get().kwargs == {"value": 1}


@pytest.mark.parametrize("state", [State.WAITING, State.DELAYED, State.BLOCKED, State.ACTIVE])
def test_a_unique_job_is_met_while_it_lives(state: State) -> None:
    first = tasks.only_one.delay("a", seconds=1)
    Job.objects.update(state=state)
    second = tasks.only_one.delay(name="a", seconds=2)
    other = tasks.only_one.delay("b")
    assert (second.id, second.created) == (first.id, False)
    assert other.created is True
    assert Job.objects.count() == 2


@pytest.mark.parametrize("state", ["completed", "failed", "cancelled"])
def test_a_unique_job_that_ended_is_not_met(state: str) -> None:
    first = tasks.only_one.delay("a")
    finish(first.id, state)
    assert tasks.only_one.delay("a").created is True
    assert Job.objects.count() == 2


def test_unique_jobs_in_bulk_meet_each_other_and_those_before() -> None:
    before = tasks.only_one.delay("a")
    results = tasks.only_one.enqueue_many([{"name": name} for name in "abcb"])
    assert [result.created for result in results] == [False, True, True, False]
    assert results[0].id == before.id
    assert results[3].id == results[1].id
    assert Job.objects.count() == 3


def test_the_fields_of_a_call_may_make_it_unique() -> None:
    first = tasks.mark.using(unique=Unique("name")).enqueue("a", 1)
    second = tasks.mark.using(unique=Unique("name")).enqueue("a", 2)
    third = tasks.mark.using(unique=Unique()).enqueue("a", 2)
    plain = tasks.mark.delay("a", 1)
    assert [first.created, second.created, third.created, plain.created] == [True, False, True, True]


def test_a_unique_key_of_the_callers_own_is_per_task() -> None:
    first = tasks.noop.using(unique_key="k").enqueue(1)
    second = tasks.noop.using(unique_key="k").enqueue(2)
    other = tasks.mark.using(unique_key="k").enqueue("a")
    assert (second.id, second.created, other.created) == (first.id, False, True)


@pytest.mark.parametrize(
    "call",
    [
        lambda: [tasks.only_one.delay("a")],
        lambda: tasks.only_one.enqueue_many([{"name": "a"}, {"name": "a"}]),
    ],
)
def test_of_many_that_race_one_is_made(call: Callable[[], list[Any]]) -> None:
    start = threading.Barrier(8)
    results: list[Any] = []

    def race() -> None:
        start.wait(10)
        results.extend(call())
        connection.close()

    _in_threads([race] * 8)
    assert sum(result.created for result in results) == 1
    assert len({result.id for result in results}) == 1
    assert Job.objects.count() == 1


def test_an_idempotent_task_answers_with_what_completed_a_while_ago() -> None:
    first = compute.delay("a")
    assert compute.delay("a").id == first.id  # it runs: they share it
    finish(first.id, "completed")
    again = compute.delay("a")
    assert (again.id, again.created) == (first.id, False)
    assert compute.delay("a", depth=2).created is True
    Job.objects.filter(uid=first.id).update(finished_at=datetime.now(UTC) - timedelta(seconds=601))
    assert compute.delay("a").created is True


def test_a_failure_is_never_given_again_and_fresh_means_fresh() -> None:
    first = compute.delay("a")
    finish(first.id, "failed")
    second = compute.delay("a")
    assert second.created is True
    finish(second.id, "completed")
    assert compute.using(fresh=True).enqueue("a").created is True


# -- when ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "state", "seconds"),
    [
        ({}, "waiting", None),
        ({"countdown": 0}, "waiting", None),
        ({"countdown": 60}, "delayed", 60),
        ({"countdown": 0.5}, "delayed", 0.5),
        ({"countdown": timedelta(minutes=2)}, "delayed", 120),
        ({"countdown": 3650 * 86400}, "delayed", 3650 * 86400),
    ],
)
def test_a_countdown_counts_from_the_databases_now(
    options: dict[str, Any], state: str, seconds: float | None
) -> None:
    job = Job.objects.get(uid=tasks.noop.using(**options).enqueue(1).id)
    assert job.state == state
    assert (job.run_at is None) is (seconds is None)
    if seconds is not None and job.run_at is not None:
        assert (job.run_at - job.created_at).total_seconds() == pytest.approx(seconds, abs=0.1)


@pytest.mark.parametrize(
    "eta",
    [
        datetime(2030, 1, 2, 3, tzinfo=UTC),
        datetime(2030, 1, 2, 3),  # noqa: DTZ001 -- Celery accepts naive moments
        "2030-01-02T03:00:00Z",
        "2030-01-02T04:00+01:00",
    ],
)
def test_an_eta_is_a_moment(eta: Any) -> None:
    job = Job.objects.get(uid=tasks.noop.apply_async((1,), eta=eta).id)
    assert (job.state, job.run_at) == ("delayed", datetime(2030, 1, 2, 3, tzinfo=UTC))


def test_expires_is_seconds_from_now_or_a_moment() -> None:
    soon = Job.objects.get(uid=tasks.noop.apply_async((1,), expires=30).id)
    assert soon.expires_at is not None
    assert (soon.expires_at - soon.created_at).total_seconds() == pytest.approx(30, abs=0.1)
    moment = datetime(2030, 1, 1, tzinfo=UTC)
    assert Job.objects.get(uid=tasks.noop.apply_async((1,), expires=moment).id).expires_at == moment


# -- where, what about -----------------------------------------------------------------------------


def test_a_queue_may_be_named_either_way_and_else_the_task_decides() -> None:
    assert Job.objects.get(uid=tasks.noop.using(queue="wallet_operations").enqueue(1).id).queue == (
        "wallet-operations"
    )
    assert Job.objects.get(uid=compute.delay("a").id).queue == "default"


def test_priority_is_the_calls_then_the_tasks_then_normal() -> None:
    made = [about.using(priority=10).enqueue("a"), about.delay("a"), tasks.noop.delay(1)]
    assert [Job.objects.get(uid=result.id).priority for result in made] == [10, 7, 5]


def test_the_subject_is_the_payload_field_that_the_task_names() -> None:
    made = [about.delay(address="abc"), about.delay("positional"), loose.delay(address="x" * 300)]
    assert [Job.objects.get(uid=result.id).subject for result in made] == ["abc", "positional", "x" * 255]


def test_without_typing_nothing_is_checked() -> None:
    assert Job.objects.get(uid=loose.delay(1, 2, 3, nonsense=4).id).kwargs == {"nonsense": 4}


def test_tags_that_mean_something_to_postgresql_are_only_tags() -> None:
    assert Job.objects.get(uid=tasks.noop.using(tags=["null", "NULL", "a:b.c-d_e"]).enqueue(1).id).tags == [
        "null", "NULL", "a:b.c-d_e",
    ]  # fmt: skip


# -- refused ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"countdown": -1}, "countdown"),
        ({"countdown": float("nan")}, "countdown"),
        ({"countdown": float("inf")}, "countdown"),
        ({"countdown": 3651 * 86400}, "countdown"),
        ({"countdown": True}, "countdown"),
        ({"countdown": "soon"}, "countdown"),
        ({"countdown": "2030-01-01"}, "countdown"),
        ({"countdown": datetime(2030, 1, 1, tzinfo=UTC)}, "countdown"),
        ({"eta": "tomorrow"}, "eta"),
        ({"eta": 60}, "eta"),
        ({"eta": timedelta(seconds=60)}, "eta"),
        ({"eta": datetime(2030, 1, 1, tzinfo=UTC), "countdown": 5}, "eta"),
        ({"expires": -1}, "expires"),
        ({"expires": "never"}, "expires"),
        ({"expires": []}, "expires"),
        ({"priority": 11}, "priority"),
        ({"priority": "urgent"}, "priority"),
        ({"priority": []}, "priority"),
        ({"max_attempts": 0}, "max_attempts"),
        ({"max_attempts": 1.5}, "max_attempts"),
        ({"max_attempts": True}, "max_attempts"),
        ({"max_attempts": 1001}, "max_attempts"),
        ({"time_limit": 0}, "time_limit"),
        ({"time_limit": "5"}, "time_limit"),
        ({"time_limit": float("nan")}, "time_limit"),
        ({"stale_after": -1}, "stale_after"),
        ({"time_limit": 5, "soft_time_limit": 6}, "soft_time_limit"),
        ({"strategy": Custom(float)}, "strategy"),
        ({"strategy": "exponential"}, "strategy"),
        ({"strategy": Fixed(float("nan"))}, "strategy"),
        ({"unique": True}, "unique"),
        ({"unique": "value"}, "unique"),
        ({"unique": UniqueOption("valeu")}, "unique"),
        ({"tags": "urgent"}, "tags"),
        ({"tags": 5}, "tags"),
        ({"tags": ["two words"]}, "tags"),
        ({"tags": [""]}, "tags"),
        ({"tags": ["x" * 51]}, "tags"),
        ({"tags": [5]}, "tags"),
        ({"task_id": "x" * 256}, "task_id"),
        ({"task_id": "a\0b"}, "task_id"),
        ({"correlation_id": "x" * 256}, "correlation_id"),
        ({"correlation_id": "\ud800"}, "correlation_id"),
        ({"queue": "quikc"}, "queue"),
        ({"depends_on": ["nowhere"]}, "depends_on"),
        ({"depends_on": ["me"], "task_id": "me"}, "depends_on"),
    ],
)
def test_an_option_that_makes_no_sense_is_refused_by_name_with_nothing_stored(
    options: dict[str, Any], field: str
) -> None:
    with pytest.raises(Refused) as caught:
        tasks.noop.using(**options).enqueue(1)
    assert list(caught.value.fields) == [field]
    assert Job.objects.count() == 0
    assert Dependency.objects.count() == 0
    assert woken() == 0


def test_arguments_that_do_not_fit_are_refused_with_nothing_stored() -> None:
    with pytest.raises(ArgumentsRefused) as caught:
        tasks.add.delay(1, z=2)
    assert caught.value.fields == {"y": "missing", "z": "unknown"}
    with pytest.raises(PayloadTooLarge):
        tasks.noop.delay("x" * 2_000_000)
    with pytest.raises(PayloadTooLarge):
        loose.apply_async(("x" * 600_000,), {"more": "x" * 600_000})
    assert Job.objects.count() == 0


def test_a_task_that_nobody_registered_is_refused_with_a_suggestion() -> None:
    with pytest.raises(UnknownName, match=r"Did you mean 'tests.sample_tasks.noop'"):
        tasks.noop.app.send_task("tests.sample_tasks.noob")
    assert Job.objects.count() == 0


# -- many ------------------------------------------------------------------------------------------


def test_many_are_written_in_order_with_one_wake_up() -> None:
    results = tasks.noop.enqueue_many(({"value": n} for n in range(4500)), priority=3, tags=["bulk"])
    rows = list(Job.objects.order_by("id").values_list("uid", "kwargs", "priority", "tags"))
    assert [row[0] for row in rows] == [result.id for result in results]
    assert [row[1]["value"] for row in rows] == list(range(4500))
    assert {(row[2], *row[3]) for row in rows} == {(3, "bulk")}
    assert woken() == 1


def test_of_many_all_are_written_or_none() -> None:
    with pytest.raises(ArgumentsRefused):
        tasks.add.enqueue_many([{"x": 1, "y": 2}, {"x": "one", "y": 2}])
    assert Job.objects.count() == 0
    assert woken() == 0


def test_none_of_many_is_nothing() -> None:
    assert tasks.noop.enqueue_many([]) == []
    assert woken() == 0


# -- depending on others ---------------------------------------------------------------------------


def test_a_job_is_blocked_until_its_children_ended_and_those_that_completed_do_not_count() -> None:
    done, first, second = (tasks.noop.delay(n) for n in range(3))
    finish(done.id, "completed")
    result = tasks.noop.using(depends_on=[done, first.id, second, second]).enqueue("parent")
    parent = Job.objects.get(uid=result.id)
    assert (parent.state, parent.pending_children) == ("blocked", 2)
    children = Dependency.objects.filter(parent=parent).values_list("child__uid", "done")
    assert set(children) == {(done.id, True), (first.id, False), (second.id, False)}


def test_a_job_whose_children_all_completed_waits_at_once() -> None:
    done = tasks.noop.delay(1)
    finish(done.id, "completed")
    parent = Job.objects.get(uid=tasks.noop.using(depends_on=done).enqueue("parent").id)
    assert (parent.state, parent.pending_children) == ("waiting", 0)
    delayed = Job.objects.get(uid=tasks.noop.using(depends_on=done, countdown=60).enqueue("parent").id)
    assert delayed.state == "delayed"


@pytest.mark.parametrize("state", ["failed", "cancelled"])
def test_depending_on_what_never_completes_is_refused(state: str) -> None:
    child = tasks.noop.delay(1)
    finish(child.id, state)
    with pytest.raises(Refused, match=f"is {state}, so this one could never run") as caught:
        tasks.noop.using(depends_on=[child]).enqueue("parent")
    assert list(caught.value.fields) == ["depends_on"]
    assert Job.objects.count() == 1


def test_many_may_depend_on_others_too() -> None:
    child = tasks.noop.delay(1)
    results = tasks.noop.enqueue_many([{"value": 1}, {"value": 2}], depends_on=[child])
    parents = Job.objects.filter(uid__in=[result.id for result in results])
    assert list(parents.values_list("state", "pending_children")) == [("blocked", 1), ("blocked", 1)]


def test_a_job_that_was_met_gets_no_new_children() -> None:
    child = tasks.noop.delay(1)
    first = tasks.only_one.delay("a")
    second = tasks.only_one.using(depends_on=[child]).enqueue("a")
    assert second.created is False
    assert Job.objects.get(uid=first.id).state == "waiting"
    assert Dependency.objects.count() == 0


def _in_thread(function: Callable[[], None]) -> None:
    _in_threads([function])


def _in_threads(functions: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=function) for function in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not any(thread.is_alive() for thread in threads)


def test_a_payload_without_its_queues_key_still_counts_by_one_so_that_its_turn_comes() -> None:
    without = tasks.noop.using(queue="tenants").enqueue()
    named = tasks.tenant_work.enqueue(tenant="a")
    plain = tasks.noop.enqueue()
    keys_by_id = dict(Job.objects.values_list("uid", "limit_key"))
    assert [keys_by_id[one.id] for one in (without, named, plain)] == ["-", "a", ""]
