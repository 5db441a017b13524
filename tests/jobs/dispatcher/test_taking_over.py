"""What a dispatcher finds when it takes a queue over, step by step in this process."""

import json
import time
from collections.abc import Iterator, Sequence

import pytest
from celery import current_app

from jobs.dispatcher.loop import Dispatcher
from jobs.dispatcher.publish import Message
from jobs.fence import keys, leases, scripts
from jobs.fence.connection import client
from jobs.fence.leases import Lease, Ticket
from jobs.models import Job
from tests.jobs.rows import make_job
from tests.sample_tasks import asked_to_wait, noop, tenant_work

pytestmark = pytest.mark.django_db(transaction=True)


class Mailbox:
    """Stands in for the broker: keeps what was published."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    def publish(self, messages: Sequence[Message]) -> None:
        """Keep them."""
        self.messages += messages

    def waiting_in_broker(self, _: str) -> int:
        """Every message is lost at once."""
        return 0

    def close(self) -> None:
        """Nothing to close."""

    @property
    def tickets(self) -> dict[str, Ticket]:
        """The last ticket of each job."""
        return {job.uid: job.ticket for message in self.messages for job in message.jobs}


@pytest.fixture(autouse=True)
def _one_worker() -> Iterator[None]:
    client().flushall()
    announcement = json.dumps(
        {"queues": ["quick", "tenants", "parted.0", "parted.1", "parted.2"], "slots": 10}
    )
    scripts.run(client(), "beat", [keys.WORKERS, keys.HEARTBEATS, keys.EPOCH], ["w", announcement, 600_000])
    yield
    client().flushall()


def new_dispatcher(*queues: str) -> Dispatcher:
    """A dispatcher that publishes to its `_publisher`, a mailbox, and rescues at once."""
    dispatcher = Dispatcher(current_app, queues)
    dispatcher._publisher = Mailbox()  # type: ignore[assignment]  # a broker that loses everything
    dispatcher._calm_at = 0.0
    return dispatcher


def published(dispatcher: Dispatcher) -> dict[str, Ticket]:
    """What it published."""
    mailbox = dispatcher._publisher
    assert isinstance(mailbox, Mailbox)
    return mailbox.tickets


def claim(queue: str, uid: str, ticket: Ticket) -> Lease:
    """As the worker does."""
    lease = Lease(uid, queue, ticket.run, ticket.nonce, "w", 1)
    answer, epoch = leases.claim(client(), lease, ticket, None)
    assert answer == "claimed"
    return Lease(**{**vars(lease), "epoch": epoch})


def tick(dispatcher: Dispatcher) -> None:
    """One step in which everything that is due from time to time is due."""
    dispatcher._tick_at = dispatcher._tidy_at = dispatcher._fold_due = 0.0
    dispatcher.step()


def test_a_provider_asked_to_wait_while_nobody_led_and_only_its_key_waits() -> None:
    slow = asked_to_wait.using(queue="tenants").enqueue(tenant="slow", seconds=60).id
    first = new_dispatcher("tenants")
    tick(first)
    run = claim("tenants", slow, published(first)[slow])
    first.leadership.resign()
    assert leases.finish(client(), run, "snoozed", json.dumps({"delay": 60, "counts": False, "hold": True}))
    other = tenant_work.using(queue="tenants").enqueue(tenant="other").id
    same = tenant_work.using(queue="tenants").enqueue(tenant="slow").id

    second = new_dispatcher("tenants")
    tick(second)
    tick(second)

    assert Job.objects.get(uid=slow).state == "delayed"
    assert other in published(second)
    assert same not in published(second)


@pytest.mark.parametrize("delay", ["soon", 1e999, {"a": 1}])
def test_a_delay_that_is_none_does_not_stop_the_dispatcher(delay: object) -> None:
    uid = noop.enqueue().id
    dispatcher = new_dispatcher("quick")
    tick(dispatcher)
    run = claim("quick", uid, published(dispatcher)[uid])
    leases.finish(client(), run, "snoozed", json.dumps({"delay": delay, "hold": True}))
    tick(dispatcher)
    tick(dispatcher)
    assert Job.objects.get(uid=uid).runs == 1


def test_a_job_without_the_queues_key_runs_under_limits_per_key() -> None:
    from jobs import control

    control.change_limits("tenants", {"max_running_per_key": 1}, "tests")
    dispatcher = new_dispatcher("tenants")
    tick(dispatcher)
    keyless = noop.using(queue="tenants").enqueue().id
    zero = noop.using(queue="tenants").enqueue(value=0).id
    tick(dispatcher)
    assert set(published(dispatcher)) & {keyless, zero}


def test_a_leader_that_slept_past_its_lease_takes_the_queue_over_anew() -> None:
    sleeper, other = new_dispatcher("quick"), new_dispatcher("quick")
    uid = noop.enqueue().id
    tick(sleeper)
    run = claim("quick", uid, published(sleeper)[uid])
    # It sleeps: its lease lapses, another one leads, reads the outcome, and dies before it folds.
    client().delete(keys.leader("quick"))
    tick(other)
    leases.finish(client(), run, "completed", json.dumps({"result": "null"}))
    other._fold_due = other._tick_at = time.monotonic() + 60
    other._log.read(["quick"], 100, None)
    client().delete(keys.leader("quick"))

    sleeper.leadership._renewed_at -= 60
    sleeper.leadership._renew_at = 0.0
    tick(sleeper)
    tick(sleeper)

    assert Job.objects.get(uid=uid).state == "completed"


def test_what_a_former_leader_read_and_never_folded_is_folded() -> None:
    leader = new_dispatcher("quick")
    uid = noop.enqueue().id
    tick(leader)
    run = claim("quick", uid, published(leader)[uid])
    leases.finish(client(), run, "completed", json.dumps({"result": "null"}))
    new_dispatcher("quick")._log.read(["quick"], 100, None)  # it woke up, read, and died

    tick(leader)
    tick(leader)

    assert Job.objects.get(uid=uid).state == "completed"


@pytest.mark.parametrize("state", ["completed", "cancelled", "gone"])
def test_a_ticket_of_a_job_that_ended_is_taken_back(state: str) -> None:
    """Redis came back with what it knew a second ago."""
    ticket = Ticket.issue(1)
    if state != "gone":
        make_job("old", state=state, runs=1)
    client().hset(keys.tickets("quick"), "old", str(ticket))
    dispatcher = new_dispatcher("quick")
    tick(dispatcher)
    dispatcher.windows["quick"].out["old"].published -= 60
    tick(dispatcher)
    assert "old" not in published(dispatcher)
    assert not client().hexists(keys.tickets("quick"), "old")
    assert dispatcher.windows["quick"].busy == 0


def test_a_ticket_of_an_earlier_run_makes_room_for_the_next() -> None:
    make_job("again", state="waiting", runs=1, attempt=1)
    client().hset(keys.tickets("quick"), "again", str(Ticket.issue(1)))
    dispatcher = new_dispatcher("quick")
    tick(dispatcher)
    dispatcher.windows["quick"].out["again"].published -= 60
    tick(dispatcher)
    tick(dispatcher)
    assert published(dispatcher)["again"].run == 2


def test_outcomes_that_were_read_before_redis_was_emptied_are_kept() -> None:
    uid = noop.enqueue().id
    dispatcher = new_dispatcher("quick")
    tick(dispatcher)
    run = claim("quick", uid, published(dispatcher)[uid])
    leases.finish(client(), run, "completed", json.dumps({"result": "null"}))
    dispatcher._note(dispatcher._log.read(["quick"], 100, None))
    client().flushall()

    tick(dispatcher)

    assert Job.objects.get(uid=uid).state == "completed"


def test_marks_of_jobs_that_were_withdrawn_do_not_pile_up() -> None:
    dispatcher = new_dispatcher("quick")
    tick(dispatcher)
    leases.withdraw(client(), "quick", "over", seconds=0)
    leases.withdraw(client(), "quick", "holds", seconds=60)
    tick(dispatcher)
    assert client().hkeys(keys.withdrawn("quick")) == ["holds"]


def test_a_full_redis_is_led_again_once_what_is_folded_is_trimmed() -> None:
    dispatcher = new_dispatcher("quick")
    tick(dispatcher)
    for _ in range(3000):
        client().xadd(keys.events("quick"), {"e": "log", "j": "x", "d": json.dumps({"message": "x" * 1000})})
    for _ in range(4):
        tick(dispatcher)
    dispatcher.leadership.forget()
    used = client().info("memory")["used_memory"]
    client().config_set("maxmemory", used - 500_000)
    try:
        steps = iter([False] * 8)
        dispatcher._resign = lambda: None  # type: ignore[method-assign]  # it is asked after its end
        dispatcher.run(lambda: next(steps, True))
        assert dispatcher.leadership.led == {"quick"}
    finally:
        client().config_set("maxmemory", 0)
