"""What a call does to the job that has its key already, mode by mode, on real PostgreSQL and Valkey."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from celery import shared_task
from django.db import connection, transaction

from jobs import Debounce, KeepLast, Throttle, Unique, dead_letters
from jobs.dispatcher.release import released
from jobs.errors import IllegalMove, OptionRefused
from jobs.fence import keys, leases
from jobs.fence.connection import client
from jobs.fence.leases import Ticket
from jobs.models import DeadLetter, Dependency, Job, ThrottleWindow
from jobs.store import moves
from jobs.store.dedup.throttle import prune_windows
from jobs.store.dependencies import count_down
from jobs.store.outcomes import Outcome, Start, write_outcomes, write_starts
from jobs.store.waiting import Wanted, next_waiting
from tests import sample_tasks

pytestmark = pytest.mark.django_db(transaction=True)
tasks: Any = sample_tasks
NOW = 1_800_000_000.0


def _compute(address: str, depth: int = 1, *more: int) -> str:
    return address * depth


compute: Any = shared_task(name="tests.dedup.compute", idempotent_for=600)(_compute)
unlike: Any = shared_task(name="tests.dedup.unlike", idempotent_for=600, unique=Unique("address"))(_compute)


@pytest.fixture(autouse=True)
def _empty_redis() -> None:
    client().flushall()


def row(uid: str) -> Job:
    return Job.objects.get(uid=uid)


def value(uid: str) -> Any:
    return row(uid).kwargs["value"]


def start(uid: str) -> None:
    """Claimed and folded: the row is active."""
    write_starts([Start(uid, row(uid).runs + 1, NOW, "w")])
    assert row(uid).state == "active"


def end(uid: str, kind: str = "completed") -> None:
    """The run ends and is folded, with everything that follows from it."""
    job = row(uid)
    moved = write_outcomes([Outcome(uid, max(1, job.runs), kind, NOW, NOW + 1)])
    count_down([(one.id, one.state == "completed") for one in moved])


def live() -> list[tuple[str, str]]:
    """(state, value) of every live job, oldest first."""
    found = Job.objects.exclude(state__in=["completed", "failed", "cancelled"]).order_by("id")
    return [(job.state, job.kwargs["value"]) for job in found]


# -- throttle --------------------------------------------------------------------------------------


def test_throttle_meets_the_first_of_a_period_even_when_it_has_ended() -> None:
    first = tasks.at_most_every_second.delay(name="a", value="1")
    start(first.id)
    end(first.id)
    second = tasks.at_most_every_second.delay(name="a", value="2")
    assert (second.id, second.answer.happened) == (first.id, "met")
    assert tasks.at_most_every_second.delay(name="b", value="1").created is True


def over(seconds: float = 2.0) -> None:
    """Every throttle's period is over by so many seconds."""
    ThrottleWindow.objects.update(until=datetime.now(UTC) - timedelta(seconds=seconds))


def test_throttle_lets_the_next_one_in_when_the_period_is_over() -> None:
    first = tasks.at_most_every_second.delay(name="a", value="1")
    start(first.id)
    end(first.id)
    over()
    second = tasks.at_most_every_second.delay(name="a", value="2")
    assert second.created is True
    window = ThrottleWindow.objects.get()
    assert (window.job_uid, window.until > datetime.now(UTC)) == (second.id, True)


def test_throttle_still_meets_a_job_that_outlives_its_period() -> None:
    first = tasks.at_most_every_second.delay(name="a", value="1")
    over()
    second = tasks.at_most_every_second.delay(name="a", value="2")
    assert (second.id, second.created) == (first.id, False)
    end(first.id)
    assert tasks.at_most_every_second.delay(name="a", value="3").created is True  # no new period was begun


def test_a_throttled_call_that_is_rolled_back_takes_no_period() -> None:
    with transaction.atomic():
        tasks.at_most_every_second.delay(name="a", value="1")
        transaction.set_rollback(True)
    assert tasks.at_most_every_second.delay(name="a", value="2").created is True


def test_periods_that_are_over_are_pruned() -> None:
    tasks.at_most_every_second.delay(name="a", value="1")
    assert prune_windows() == 0
    over()
    assert prune_windows() == 1
    assert not ThrottleWindow.objects.exists()


# -- debounce --------------------------------------------------------------------------------------


def test_debounce_replaces_the_payload_and_starts_the_delay_again() -> None:
    first = tasks.when_quiet.using(tags=["old"]).enqueue(name="a", value="1")
    Job.objects.update(run_at=datetime.now(UTC))
    second = tasks.when_quiet.using(priority=9, tags=["new"]).enqueue(name="a", value="2")
    assert (second.id, second.answer.happened) == (first.id, "replaced")
    job = row(first.id)
    assert (job.state, job.kwargs["value"], job.priority, job.tags) == ("delayed", "2", 9, ["new"])
    assert job.run_at is not None
    left = (job.run_at - datetime.now(UTC)).total_seconds()
    assert left == pytest.approx(0.4, abs=0.15)


def test_debounce_puts_nothing_off_for_longer_than_its_maximum() -> None:
    first = tasks.when_quiet.delay(name="a", value="1")
    began = datetime.now(UTC) - timedelta(seconds=1.1)
    Job.objects.update(created_at=began)
    tasks.when_quiet.delay(name="a", value="2")
    job = row(first.id)
    assert job.kwargs["value"] == "2"
    assert job.run_at == began + timedelta(seconds=1.2)


@pytest.mark.parametrize("state", ["waiting", "active"])
def test_debounce_leaves_a_job_whose_time_has_come_alone_and_lets_one_follow(state: str) -> None:
    first = tasks.when_quiet.delay(name="a", value="1")
    Job.objects.update(state="waiting")
    if state == "active":
        start(first.id)
    second = tasks.when_quiet.delay(name="a", value="2")
    third = tasks.when_quiet.delay(name="a", value="3")
    assert (second.answer.happened, third.id, third.answer.happened) == ("created", second.id, "replaced")
    assert live() == [(state, "1"), ("blocked", "3")]
    Job.objects.filter(uid=second.id).update(run_at=datetime.now(UTC) + timedelta(seconds=30))
    end(first.id)
    assert live() == [("delayed", "3")]


def test_a_debounced_call_takes_no_countdown() -> None:
    with pytest.raises(OptionRefused, match="delay is the mode's"):
        tasks.when_quiet.apply_async(kwargs={"name": "a", "value": "1"}, countdown=5)
    assert not Job.objects.exists()


# -- keep the last ---------------------------------------------------------------------------------


def test_keep_last_replaces_the_payload_of_a_job_that_waits() -> None:
    first = tasks.newest.delay(name="a", value="1")
    second = tasks.newest.delay(name="a", value="2")
    third = tasks.newest.delay(name="a", value="3")
    assert (second.id, third.id, third.answer.happened) == (first.id, first.id, "replaced")
    assert live() == [("waiting", "3")]


def test_keep_last_lets_one_wait_behind_the_running_one_with_the_newest_payload() -> None:
    first = tasks.newest.delay(name="a", value="1")
    start(first.id)
    second = tasks.newest.delay(name="a", value="2")
    third = tasks.newest.delay(name="a", value="3")
    assert (second.created, third.id, third.replaced) == (True, second.id, True)
    assert live() == [("active", "1"), ("blocked", "3")]


@pytest.mark.parametrize("kind", ["completed", "failed", "cancelled", "expired"])
def test_the_follower_takes_the_place_of_the_running_one_however_it_ends(kind: str) -> None:
    first = tasks.newest.delay(name="a", value="1")
    start(first.id)
    second = tasks.newest.delay(name="a", value="2")
    end(first.id, kind)
    assert live() == [("waiting", "2")]
    assert row(second.id).unique_key == row(first.id).unique_key
    start(second.id)
    assert tasks.newest.delay(name="a", value="3").created is True
    assert live() == [("active", "2"), ("blocked", "3")]


@pytest.mark.parametrize("kind", ["retried", "snoozed", "stalled"])
def test_between_two_runs_a_job_counts_as_running(kind: str) -> None:
    first = tasks.newest.delay(name="a", value="1")
    start(first.id)
    end(first.id, kind)
    tasks.newest.delay(name="a", value="2")
    assert live() == [("waiting", "1"), ("blocked", "2")]


def test_a_job_with_a_ticket_counts_as_running() -> None:
    first = tasks.newest.delay(name="a", value="1")
    ticket(first.id, 1)
    second = tasks.newest.delay(name="a", value="2")
    assert second.created is True
    assert live() == [("waiting", "1"), ("blocked", "2")]


def ticket(uid: str, run: int) -> bool:
    """The leader of the queue writes a ticket; whether it got one."""
    client().set(keys.leader("quick"), "leader")
    return leases.write_tickets(client(), "quick", "leader", [(uid, Ticket.issue(run))]) == {uid}


def test_a_ticket_for_a_payload_that_was_replaced_meanwhile_is_refused() -> None:
    """The leader has read the row, the payload changes, and only then it writes the ticket."""
    first = tasks.newest.delay(name="a", value="1")
    read = [released(found) for found in next_waiting(Wanted("quick", []), 10)]
    tasks.newest.delay(name="a", value="2")
    assert ticket(first.id, read[0].ticket.run) is False
    [again] = [released(found) for found in next_waiting(Wanted("quick", []), 10)]
    assert ticket(first.id, again.ticket.run) is True
    assert '"2"' in again.kwargs


def test_an_outcome_of_a_payload_that_was_replaced_changes_nothing() -> None:
    """The last line of defence: Redis was emptied, and the old message ran all the same."""
    first = tasks.newest.delay(name="a", value="1")
    tasks.newest.delay(name="a", value="2")
    write_starts([Start(first.id, 1, NOW, "w")])
    assert write_outcomes([Outcome(first.id, 1, "completed", NOW, NOW + 1)]) == []
    assert live() == [("waiting", "2")]


def test_without_redis_a_waiting_job_counts_as_running(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    first = tasks.newest.delay(name="a", value="1")
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr("jobs.fence.connection._clients", {})
    second = tasks.newest.delay(name="a", value="2")
    assert (second.created, second.id != first.id) == (True, True)
    assert live() == [("waiting", "1"), ("blocked", "2")]


def test_a_waiting_job_is_not_replaced_for_ever() -> None:
    first = tasks.newest.delay(name="a", value="0")
    Job.objects.filter(uid=first.id).update(runs=99)
    assert tasks.newest.delay(name="a", value="1").replaced is True
    assert tasks.newest.delay(name="a", value="2").created is True
    assert live() == [("waiting", "1"), ("blocked", "2")]


def test_a_follower_that_was_cancelled_and_retried_takes_the_place_or_is_refused() -> None:
    first = tasks.newest.delay(name="a", value="1")
    start(first.id)
    second = tasks.newest.delay(name="a", value="2")
    moves.cancel(second.id)
    with pytest.raises(IllegalMove, match="same unique key"):
        moves.retry(second.id)
    end(first.id)
    moves.retry(second.id)
    assert live() == [("waiting", "2")]
    assert row(second.id).unique_key == row(first.id).unique_key


def test_a_follower_waits_for_its_own_children_too_and_holds_no_place_meanwhile() -> None:
    child = tasks.noop.using(queue="fixed").enqueue("x")
    first = tasks.newest.delay(name="a", value="1")
    start(first.id)
    second = tasks.newest.using(depends_on=[child]).enqueue(name="a", value="2")
    assert row(second.id).pending_children == 2
    end(first.id)
    assert row(second.id).state == "blocked"
    third = tasks.newest.using(depends_on=[child]).enqueue(name="a", value="3")
    assert (third.id, third.replaced, row(second.id).pending_children) == (second.id, True, 1)
    end(child.id)
    assert live() == [("waiting", "3")]
    assert Dependency.objects.filter(done=False).count() == 0


# -- every mode ------------------------------------------------------------------------------------


@pytest.mark.parametrize("task", ["at_most_every_second", "when_quiet", "newest", "only_one"])
def test_a_job_id_that_exists_is_met(task: str) -> None:
    payload = {"name": "a"} | ({} if task == "only_one" else {"value": "1"})
    first = getattr(tasks, task).apply_async(kwargs=payload, task_id="same")
    second = getattr(tasks, task).apply_async(kwargs=payload, task_id="same")
    assert (first.answer.happened, second.id, second.answer.happened) == ("created", "same", "met")


@pytest.mark.parametrize(
    "mode", [Unique("name"), Throttle(60, "name"), Debounce(60, "name"), KeepLast("name")]
)
def test_a_call_may_bring_a_mode_of_its_own(mode: Any) -> None:
    happened = [
        tasks.mark.using(unique=mode).enqueue(name="a", seconds=seconds).answer.happened for seconds in (1, 2)
    ]
    then = "met" if isinstance(mode, (Unique, Throttle)) else "replaced"
    assert happened == ["created", then]


def test_in_bulk_each_job_meets_by_its_mode_in_order() -> None:
    payloads = [{"name": "a", "value": "1"}, {"name": "b", "value": "2"}, {"name": "a", "value": "3"}]
    results = tasks.newest.enqueue_many(payloads)
    assert [result.answer.happened for result in results] == ["created", "created", "replaced"]
    assert results[2].id == results[0].id
    assert [value(results[0].id), value(results[1].id)] == ["3", "2"]


def test_in_bulk_what_completed_a_while_ago_is_the_answer() -> None:
    first = compute.delay("a")
    end(first.id)
    results = compute.enqueue_many([{"address": "a"}, {"address": "b"}, {"address": "b"}])
    assert [result.answer.happened for result in results] == ["met", "created", "met"]
    assert results[0].id == first.id


def test_an_argument_that_repeats_its_default_makes_no_difference() -> None:
    first = compute.delay("a")
    assert compute.delay("a", 1).id == first.id
    assert compute.delay(address="a", depth=1).id == first.id
    assert compute.delay("a", 2).id != first.id
    assert compute.delay("a", 1, 5).id != first.id  # further arguments count


def test_another_payload_is_never_answered_with_a_result_although_the_key_is_the_same() -> None:
    first = unlike.delay("a", 1)
    assert unlike.delay("a", 2).id == first.id  # live: one per address
    end(first.id)
    assert unlike.delay("a", 1).id == first.id
    assert unlike.delay("a", 2).created is True


def test_a_plain_enqueue_is_one_statement() -> None:
    with transaction.atomic():
        before = len(connection.queries_log)
        connection.force_debug_cursor = True
        tasks.noop.delay("x")
        tasks.only_one.delay("a")
        connection.force_debug_cursor = False
        assert len(connection.queries_log) - before == 2


def make_letter(**columns: Any) -> DeadLetter:
    """An open letter whose job is gone."""
    return DeadLetter.objects.create(
        job_uid="gone", queue="quick", failed_at=datetime.now(UTC), priority=5, **columns
    )


def test_a_dead_letter_whose_job_was_pruned_never_replaces_a_newer_payload() -> None:
    tasks.newest.using(unique=KeepLast("name")).enqueue(name="a", value="new")
    letter = make_letter(
        task="tests.sample_tasks.newest", kwargs={"name": "a", "value": "old"},
        options={"unique": {"mode": "keep_last", "fields": ["name"]}},
    )  # fmt: skip
    with pytest.raises(IllegalMove, match="does the same"):
        dead_letters.retry(letter.pk)
    assert live() == [("waiting", "new")]


def test_a_pruned_jobs_own_mode_is_kept_in_its_dead_letter() -> None:
    result = tasks.mark.using(unique=Debounce(60, "name", max_wait=90), unique_key="k").enqueue(name="a")
    kept = row(result.id).options
    assert kept["unique"] == {"mode": "debounce", "delay": 60.0, "fields": ["name"], "max_wait": 90.0}
    assert kept["unique_key"] == "k"
    letter = make_letter(task="tests.sample_tasks.mark", kwargs={"name": "a"}, options=kept)
    with pytest.raises(IllegalMove, match="does the same"):
        dead_letters.retry(letter.pk)
