"""Runs jobs in this process: the dispatcher's release and fold around Celery's own tracer."""

import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import Any

from celery import current_app
from celery.app.trace import build_tracer
from django.db import connection, transaction
from psycopg.pq import TransactionStatus

from jobs import celery_json, wake
from jobs.dispatcher.fold import Folded
from jobs.dispatcher.follow import Follower
from jobs.dispatcher.publish import Released, body, headers
from jobs.dispatcher.release import released
from jobs.dispatcher.sure_fold import fold_surely
from jobs.fence import leases
from jobs.fence.connection import replaced_by
from jobs.fence.events import Event, parse
from jobs.names import resolve_task
from jobs.store.waiting import waiting_by_uid
from jobs.testing.commits import Commits
from jobs.testing.memory import Memory
from jobs.worker.identity import worker_id


class Runner:
    """While this is entered it stands in for Redis, dispatcher and workers. Used by one thread.

    `events` is everything that happened, `errors` the error that each job ended with last. `woken` is called
    when a job was enqueued and committed.
    """

    def __init__(self, woken: Callable[[], None]) -> None:
        self.memory = Memory(self._heard)
        self.events: list[Event] = []
        self.errors: dict[str, BaseException] = {}
        self.depth = 0
        self._woken = woken
        self._follower = Follower(current_app)
        self._unfolded: list[Event] = []
        self._savepoints: list[Any] = []
        self._folding = False
        self._thread = threading.get_ident()

    def __enter__(self) -> "Runner":
        self._left = ExitStack()
        self.commits = self._left.enter_context(Commits())
        self._left.enter_context(replaced_by(self.memory))
        wake.forget_outage()
        return self

    def __exit__(self, *_: object) -> None:
        self._left.close()

    def run(self, uid: str) -> None:
        """Run a waiting job once, from its ticket to its row."""
        (row,) = waiting_by_uid([uid])
        job = released(row)
        task = resolve_task(job.task)
        leases.write_tickets(self.memory, job.queue, "", [(uid, job.ticket)])
        savepoint = transaction.savepoint() if self.commits.in_test else None
        self._savepoints.append(savepoint)
        self.depth += 1
        try:
            self._trace(task, job)
        finally:
            self.depth -= 1
            self._savepoints.pop()
            if savepoint is not None:
                transaction.savepoint_commit(savepoint)
        self._fold()

    def _trace(self, task: Any, job: Released) -> None:
        request = _request(job)
        tracer = build_tracer(task.name, task, app=current_app)
        _, info, _, _ = tracer(job.uid, request["args"], request["kwargs"], request)
        if info is not None and isinstance(info.retval, BaseException):
            self.errors[job.uid] = info.retval

    def _heard(self, stream: str, cursor: str, fields: Mapping[str, str]) -> None:
        event = parse(stream.partition("{")[2].partition("}")[0], cursor, fields)
        self.events.append(event)
        if event.uid and event.kind != "enqueued":
            self._unfolded.append(event)
        if threading.get_ident() != self._thread:
            return  # a thread of the code under test: what it wrote is found when the block's own thread looks
        if event.is_outcome:
            self._mend()
        if event.kind == "enqueued":
            if not self._folding:
                self._woken()
        elif self.commits.committed:
            self._fold()

    def _fold(self) -> Folded:
        events, self._unfolded = self._unfolded, []
        self._folding = True  # parents that this unblocks are run by whoever runs what waits
        try:
            folded = fold_surely(events) if events else Folded()
            self.commits.run()
        finally:
            self._folding = False
        for event in events:
            if event.is_outcome:
                leases.settle(self.memory, event.queue, [(event.uid, event.run)])
        if any(job.followed for job in folded.moved):
            while self._follower.follow():
                pass
        return folded

    def _mend(self) -> None:
        """A database error in a job's body would break the test's transaction: back to before the body."""
        savepoint = self._savepoints[-1] if self._savepoints else None
        if savepoint is None:
            return
        broken = connection.connection.info.transaction_status == TransactionStatus.INERROR
        if broken or connection.needs_rollback:
            connection.needs_rollback = False
            transaction.savepoint_rollback(savepoint)


def _request(job: Released) -> dict[str, Any]:
    """What a worker would have received."""
    args, kwargs, embed = celery_json.loads(body(job))
    delivered = {"exchange": "", "routing_key": job.queue, "priority": None, "redelivered": False}
    travelled = celery_json.loads(celery_json.dumps(headers(job)))
    named = {"args": args, "kwargs": kwargs, "hostname": worker_id(), "is_eager": False}
    return {**travelled, **embed, **named, "delivery_info": delivered, "correlation_id": job.uid}
