"""Changing a job that has not started: all or nothing, and never under a claim's feet."""

import threading
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client, override_settings

from jobs.changes import change
from jobs.errors import ArgumentsRefused, IllegalMove, NotFound, OptionRefused, Unavailable
from jobs.fence import keys, leases
from jobs.fence.connection import client
from jobs.fence.leases import Lease, Ticket
from jobs.models import AuditEntry, Job
from tests.jobs.cli.conftest import Calls
from tests.jobs.http.conftest import Api, token_for
from tests.processes import Platform
from tests.sample_tasks import add, noop, only_one
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def empty_redis() -> None:
    """No tickets of other tests."""
    client().flushall()


def _release(uid: str) -> Ticket:
    ticket = Ticket.issue(1)
    client().hset(keys.tickets("quick"), uid, str(ticket))
    return ticket


def test_everything_is_changed_at_once_and_recorded() -> None:
    uid = add.using(countdown=600).enqueue(x=1, y=2).id
    change(uid, priority="high", delay=0, data={"x": 3, "y": 4})
    job = Job.objects.get()
    assert (job.priority, job.state, job.kwargs) == (7, "waiting", {"x": 3, "y": 4})
    assert AuditEntry.objects.get().detail == {"priority": 7, "delay": "0", "edited": ["x", "y"]} | {
        "delay": 0
    }


@pytest.mark.parametrize(
    "wrong", [{"priority": 11}, {"delay": -1}, {"delay": float("nan")}, {"data": {"x": 1}}]
)
def test_one_value_that_makes_no_sense_changes_nothing(wrong: dict[str, Any]) -> None:
    uid = add.delay(x=1, y=2).id
    given: dict[str, Any] = {"priority": 9, "data": {"x": 5, "y": 6}}
    with pytest.raises((OptionRefused, ArgumentsRefused)):
        change(uid, **(given | wrong))
    job = Job.objects.get()
    assert (job.priority, job.kwargs) == (5, {"x": 1, "y": 2})
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("state", ["active", "completed", "failed", "cancelled"])
def test_a_job_that_started_or_ended_is_not_changed(state: str) -> None:
    uid = noop.delay().id
    Job.objects.update(state=state)
    with pytest.raises(IllegalMove, match=f"that is {state} cannot be changed"):
        change(uid, priority=9)
    with pytest.raises(NotFound):
        change("nobody", priority=9)


def test_a_blocked_job_stays_blocked_and_a_delayed_one_gets_a_new_time() -> None:
    child = noop.using(countdown=600).enqueue()
    parent = noop.using(depends_on=[child.id]).enqueue()
    change(parent.id, delay=60, priority=1)
    change(child.id, delay=30)
    assert set(Job.objects.values_list("state", "priority")) == {("blocked", 1), ("delayed", 5)}
    before = Job.objects.get(uid=child.id)
    assert before.run_at is not None
    assert 20 < (before.run_at - before.created_at).total_seconds() < 60


def test_a_payload_that_meets_a_live_equal_is_refused() -> None:
    only_one.delay("a")
    uid = only_one.delay("b").id
    with pytest.raises(IllegalMove, match="same unique key"):
        change(uid, data={"name": "a"})
    change(uid, data={"name": "c"})
    assert only_one.delay("c").id == uid


def test_a_ticket_is_taken_back_and_none_is_written_while_an_old_read_may_be_under_way() -> None:
    uid = noop.delay(1).id
    _release(uid)
    change(uid, data={"value": 2})
    client().set(keys.leader("quick"), "me")
    assert leases.write_tickets(client(), "quick", "me", [(uid, Ticket.issue(1))]) == set()

    other = noop.delay(1).id
    _release(other)
    change(other, priority=9)
    assert leases.write_tickets(client(), "quick", "me", [(other, Ticket.issue(1))]) == {other}


def test_without_redis_a_job_that_may_be_released_is_not_changed() -> None:
    uid = noop.delay().id
    with override_settings(REDIS_URL="redis://127.0.0.1:1/0"):
        from jobs.fence import connection as fence

        held, fence._clients = fence._clients, {}
        try:
            with pytest.raises(Unavailable):
                change(uid, priority=9)
        finally:
            fence._clients = held
    assert Job.objects.get().priority == 5


def test_of_a_claim_and_a_change_at_once_one_wins() -> None:
    for _ in range(40):
        uid = noop.delay(1).id
        ticket = _release(uid)
        start = threading.Barrier(2)
        claimed: list[str] = []

        def claim(
            uid: str = uid, ticket: Ticket = ticket, start: Any = start, claimed: Any = claimed
        ) -> None:
            start.wait(10)
            lease = Lease(uid, "quick", 1, ticket.nonce, "w1", 1)
            claimed.append(leases.claim(client(), lease, ticket, None)[0])

        thread = threading.Thread(target=claim)
        thread.start()
        start.wait(10)
        try:
            change(uid, data={"value": 2})
            changed = True
        except IllegalMove:
            changed = False
        thread.join(10)
        assert changed != (claimed == ["claimed"])
        assert Job.objects.get(uid=uid).kwargs == ({"value": 2} if changed else {})


def test_every_job_runs_with_the_payload_that_its_change_left(platform: Platform) -> None:
    platform.dispatcher()
    platform.worker("w1", "quick", 2)
    uids = [result.id for result in noop.enqueue_many([{"value": n} for n in range(60)])]
    expected: dict[str, int] = {}
    for n, uid in reversed(list(enumerate(uids))):
        try:
            change(uid, data={"value": n + 1000}, priority=9)
            expected[uid] = n + 1000
        except IllegalMove:
            expected[uid] = n
    wait_until(lambda: Job.objects.filter(state="completed").count() == 60, 60, "every job")
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_id, result::int FROM django_celery_results_taskresult")
        assert dict(cursor.fetchall()) == expected
    assert any(value >= 1000 for value in expected.values())


def test_the_faces_change_a_job(manage: Calls) -> None:
    user = User.objects.create_user("operator", password="secret", is_staff=True)
    api, uid = Api(token_for(user)), add.using(countdown=600).enqueue(x=1, y=2).id

    def patch(body: Any) -> Any:
        return api.client.patch(
            f"/api/v1/jobs/{uid}", body, content_type="application/json", headers=api.headers
        )

    assert patch({"priority": "critical", "delay": 60_000}).json()["priority"] == 10
    assert patch({"data": {"x": "no"}}).status_code == 422
    assert patch({"state": "completed"}).status_code == 422
    assert manage("jobs", "set", uid, "--priority", "low", "--data", '{"x": 3, "y": 4}').code == 0
    assert manage("jobs", "set", uid).code == 2
    assert (Job.objects.get().priority, Job.objects.get().kwargs) == (3, {"x": 3, "y": 4})

    browser = Client()
    browser.force_login(user)
    assert "Set priority" in browser.get(f"/jobs/{uid}").content.decode()
    browser.post(f"/jobs/{uid}", {"action": "priority", "priority": "high"})
    assert Job.objects.get().priority == 7
    html = browser.post(
        f"/jobs/{uid}", {"action": "priority", "priority": "huge"}, follow=True
    ).content.decode()
    assert "must be a whole number from 0 to 10" in html


def test_waiting_jobs_are_counted_by_priority() -> None:
    api = Api(token_for(User.objects.create_user("viewer")))
    for priority in (10, 7, 7, 4):
        noop.using(priority=priority).enqueue()
    noop.using(priority=7, countdown=60).enqueue()
    told = api.get("/queues/quick/priority-distribution").json()
    assert [each["priority"] for each in told["priorities"]] == list(range(10, -1, -1))
    some = [each for each in told["priorities"] if each["waiting"]]
    assert some == [
        {"priority": 10, "level": "critical", "weight": 20, "waiting": 1, "exact": True},
        {"priority": 7, "level": "high", "weight": 10, "waiting": 2, "exact": True},
        {"priority": 4, "level": None, "weight": None, "waiting": 1, "exact": True},
    ]
