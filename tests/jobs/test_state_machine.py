"""Random interleavings of everything that can happen to jobs, against a model that fits on a page.

The broker is the adversary: messages are delivered late, twice or never. Claims, finishes, stalls, cancels
and operator retries come in any order, dispatchers are replaced in the middle, and every script runs on a
real Valkey, every fold on a real PostgreSQL.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import pytest
from celery import current_app
from django.db import connection
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from jobs.dispatcher.loop import Dispatcher
from jobs.dispatcher.publish import Message, Released
from jobs.dispatcher.rescue import leases_of
from jobs.errors import IllegalMove
from jobs.fence import keys, leases, scripts
from jobs.fence.connection import client
from jobs.fence.leases import Lease, Ticket
from jobs.models import Attempt, DeadLetter, Job
from jobs.store import moves
from tests.sample_tasks import noop

QUEUE = "quick"
STALLED_LIMIT = 3
POSTPONED = {"retried", "snoozed", "stalled"}
PICKS = st.integers(0, 10_000)
T = TypeVar("T")
ENDS = {"completed": "completed", "failed": "failed"}


@dataclass
class Model:
    """What must be true of one job, whatever the interleaving."""

    state: str = "waiting"  # as the fence knows it: waiting, running, or a terminal state
    ticket: str | None = None
    holder: Lease | None = None
    last_finish: tuple[str, str] = ("", "")
    runs: int = 0
    attempts: int = 0
    stalls: int = 0
    asked: bool = False  # to cancel the run that goes on
    ended_runs: list[tuple[int, str]] = field(default_factory=list)

    def end(self, run: int, outcome: str) -> None:
        """A run ended with an outcome that the fence accepted."""
        self.holder = None
        self.runs = run
        cancelled = self.asked and outcome in POSTPONED
        self.ended_runs.append((run, "cancelled" if cancelled else outcome))
        self.attempts += outcome in {"completed", "failed", "retried"}
        self.stalls += outcome == "stalled"
        self.state = ENDS.get(outcome, "waiting")
        if outcome == "stalled" and self.stalls >= STALLED_LIMIT:
            self.state = "failed"
        if cancelled:
            self.state = "cancelled"

    def cancel_ended(self, *, folded: bool) -> None:
        """A request came after the end of the run: it does not run again, whether the row knows or not."""
        if self.state == "waiting" or (self.ended_runs[-1][1] == "stalled" and not folded):
            self.state = "cancelled"
            if not folded:
                self.ended_runs[-1] = (self.runs, "cancelled")


def picked(things: Sequence[T], pick: int) -> T:
    """One of them."""
    return things[pick % len(things)]


class Mailbox:
    """Stands where the broker is: keeps every message, so that a test may deliver it late, twice or never."""

    def __init__(self) -> None:
        self.messages: list[Released] = []

    def publish(self, messages: list[Message]) -> None:
        """Take messages."""
        self.messages += [job for message in messages for job in message.jobs]

    def waiting_in_broker(self, queue: str) -> int:
        """Never asked here: the dispatcher's rescue is off."""
        raise AssertionError(queue)

    def close(self) -> None:
        """Nothing to close."""


class Interleavings(RuleBasedStateMachine):
    """The rules; `pick` chooses among jobs, messages and claims that exist.

    What is drawn never depends on how many there are: the dispatcher goes by the clock, so that a repeated
    example may find one more or one less.
    """

    @initialize()
    def begin(self) -> None:
        client().flushall()
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE jobs_job, jobs_attempt, jobs_deadletter, jobs_dependency CASCADE")
            cursor.execute("TRUNCATE django_celery_results_taskresult")
        announcement = json.dumps({"queues": [QUEUE], "slots": 1000})
        names = [keys.WORKERS, keys.HEARTBEATS, keys.EPOCH]
        scripts.run(client(), "beat", names, ["worker", announcement, 600_000])
        self.jobs: dict[str, Model] = {}
        self.mailbox = Mailbox()
        self.claimed: list[Lease] = []
        self.dispatcher = self._new_dispatcher()

    def _new_dispatcher(self) -> Dispatcher:
        dispatcher = Dispatcher(current_app, [QUEUE])
        dispatcher._publisher = self.mailbox  # type: ignore[assignment]  # the adversary
        dispatcher._calm_at = float("inf")  # rescue by the clock has its own tests
        return dispatcher

    @rule(count=st.integers(1, 3))
    def enqueue(self, count: int) -> None:
        for _ in range(count):
            self.jobs[noop.using(max_attempts=1000).enqueue().id] = Model()

    @rule()
    def dispatch(self) -> None:
        before = len(self.mailbox.messages)
        self.dispatcher._folded_at = 0.0  # no lingering: what was read is folded in this step
        self.dispatcher.step()
        self.dispatcher._cancellations._look_at = 0.0
        self.dispatcher._cancellations.honour(leases_of(client(), [QUEUE]))
        for message in self.mailbox.messages[before:]:
            job = self.jobs[message.uid]
            assert job.state == "waiting", "only a waiting job may be released"
            assert message.ticket.run == job.runs + 1
            job.ticket = str(message.ticket)

    @rule()
    def the_dispatcher_is_replaced(self) -> None:
        client().delete(keys.leader(QUEUE))
        self.dispatcher = self._new_dispatcher()

    @rule()
    def the_dispatcher_dies_between_fold_and_acknowledgement(self) -> None:
        self.dispatcher._log.acknowledge = lambda events: None  # type: ignore[method-assign]  # it dies here
        self.dispatch()
        self.the_dispatcher_is_replaced()

    @rule(pick=PICKS)
    def claim(self, pick: int) -> None:
        if not self.mailbox.messages:
            return
        message = picked(self.mailbox.messages, pick)
        job = self.jobs[message.uid]
        ticket: Ticket = message.ticket
        lease = Lease(message.uid, QUEUE, ticket.run, ticket.nonce, "worker", len(self.claimed) + 1)
        answer, epoch = leases.claim(client(), lease, ticket, None)
        assert (answer == "claimed") == (job.ticket == str(ticket))
        if answer == "claimed":
            job.ticket, job.holder, job.state = None, lease, "running"
            self.claimed.append(Lease(**{**vars(lease), "epoch": epoch}))

    @rule(pick=PICKS, outcome=st.sampled_from(["completed", "failed", "retried", "snoozed"]))
    def finish(self, pick: int, outcome: str) -> None:
        if not self.claimed:
            return
        lease = picked(self.claimed, pick)
        job = self.jobs[lease.uid]
        mine = job.holder is not None and job.holder.nonce == lease.nonce
        finished = leases.finish(client(), lease, outcome, json.dumps({"delay": 0, "result": "null"}))
        asked_again = finished and job.last_finish == (lease.nonce, outcome)  # its first answer was lost
        assert finished == mine or asked_again
        if mine:
            job.last_finish = (lease.nonce, outcome)
            job.end(lease.run, outcome)

    @rule(pick=PICKS)
    def stall(self, pick: int) -> None:
        if not self.claimed:
            return
        lease = picked(self.claimed, pick)
        job = self.jobs[lease.uid]
        mine = job.holder is not None and job.holder.nonce == lease.nonce
        assert leases.stall(client(), lease, json.dumps({"reason": "gone"})) == mine
        if mine:
            job.end(lease.run, "stalled")

    @rule(pick=PICKS)
    def cancel(self, pick: int) -> None:
        if not self.jobs:
            return
        uid = picked(sorted(self.jobs), pick)
        job = self.jobs[uid]
        try:
            cancellation = moves.cancel(uid)
        except IllegalMove:
            return
        if not cancellation.running:
            assert job.state == "waiting", "only what does not run is cancelled at once"
            job.state, job.ticket = "cancelled", None
        elif job.state == "running":
            job.asked = True
        else:  # the row lags behind the log, or the leader died before it settled the end
            job.cancel_ended(folded=Attempt.objects.filter(job__uid=uid, run=job.runs).exists())

    @rule(pick=PICKS)
    def retry_by_hand(self, pick: int) -> None:
        if not self.jobs:
            return
        uid = picked(sorted(self.jobs), pick)
        job = self.jobs[uid]
        try:
            moves.retry(uid)
        except IllegalMove:
            return
        assert job.state in {"failed", "cancelled"}
        job.state, job.attempts, job.stalls, job.asked = "waiting", 0, 0, False
        client().hdel(keys.withdrawn(QUEUE), uid)

    @invariant()
    def no_job_is_committed_twice(self) -> None:
        committed = Attempt.objects.filter(outcome="completed").values_list("job__uid", flat=True)
        assert len(committed) == len(set(committed))

    def teardown(self) -> None:
        if not hasattr(self, "jobs"):
            return
        for _ in range(3):
            self.dispatch()
        for uid, job in self.jobs.items():
            row = Job.objects.get(uid=uid)
            expected = "active" if job.state == "running" else job.state
            assert row.state == expected
            attempts = list(Attempt.objects.filter(job=row).order_by("run").values_list("run", "outcome"))
            assert attempts == job.ended_runs
            assert row.runs == (job.holder.run if job.holder else job.runs)
            assert (row.attempt, row.stalls) == (job.attempts, job.stalls)
            failures = [run for run, outcome in attempts if outcome == "failed"]
            assert set(failures) <= set(DeadLetter.objects.filter(job_uid=uid).values_list("runs", flat=True))


@pytest.mark.timeout(300)
@pytest.mark.django_db(transaction=True)
def test_every_interleaving_agrees_with_the_model() -> None:
    run_state_machine_as_test(
        Interleavings,
        settings=settings(
            max_examples=60,
            stateful_step_count=40,
            deadline=None,
            phases=(Phase.generate,),  # shrinking takes minutes; a failing run prints its steps
            database=None,
            suppress_health_check=[
                HealthCheck.too_slow,
                HealthCheck.filter_too_much,
                HealthCheck.data_too_large,
            ],
        ),
    )
