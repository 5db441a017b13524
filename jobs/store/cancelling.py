"""Cancelling a job that runs: a request in its row, which outlives Redis and the worker.

The request also goes into the run's lease, where the run and its worker see it at once; when Redis does not
answer or was emptied, the leader carries it there. Whatever then ends the run: a job with a request does not
run again. A run that completes or fails first wins.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from celery import current_app
from django.db import connection, transaction

from jobs.errors import IllegalMove
from jobs.fence import cancelling
from jobs.fence.cancelling import CancelRequest
from jobs.fence.connection import REDIS_ERRORS, client
from jobs.fence.roll import call_roll
from jobs.options import OWN_OPTIONS


@dataclass(frozen=True)
class Cancellation:
    """What became of a wish to cancel: done, or asked of a run that is `running`.

    `by_its_own_code`: only the job's own code can end it early; this worker cannot interrupt a run (its pool
    is no pool of processes), or was not to.
    """

    running: bool
    by_its_own_code: bool = False

    def __str__(self) -> str:
        if not self.running:
            return "cancelled"
        if self.by_its_own_code:
            return "asked to end; it runs on unless its own code looks for this"
        return "asked to end; it is interrupted if it does not"


@dataclass(frozen=True)
class Requested:
    """A live job that somebody asked to cancel."""

    queue: str
    uid: str
    state: str
    request: CancelRequest


def request(uid: str, reason: str, *, interrupt: bool = True) -> Cancellation:
    """Ask the run of a job to end. Asked twice, the first reason and the shorter patience count.

    IllegalMove when the job ended.
    """
    with connection.cursor() as cursor:
        cursor.execute(_GRACE_OF, [uid])
        task = cursor.fetchone()
        grace = _grace(task[0]) if task and interrupt else None
        cursor.execute(_REQUEST, [reason, grace, uid])
        row = cursor.fetchone()
    if row is None:
        raise IllegalMove("The job has just ended.")
    asked = Requested(row[0], uid, row[1], CancelRequest(row[2], row[3]))
    transaction.on_commit(partial(_carry, asked), robust=True)
    return Cancellation(running=True, by_its_own_code=asked.request.grace is None or not _is_a_process(asked))


def requested(queues: Sequence[str]) -> list[Requested]:
    """The live jobs of these queues that somebody asked to cancel."""
    with connection.cursor() as cursor:
        cursor.execute(_REQUESTED, [list(queues)])
        return [
            Requested(queue, uid, state, CancelRequest(reason, grace))
            for queue, uid, state, reason, grace in cursor.fetchall()
        ]


def _carry(asked: Requested) -> None:
    with suppress(*REDIS_ERRORS):  # then the leader does it
        cancelling.ask(client(), asked.queue, asked.uid, asked.request)


def _is_a_process(asked: Requested) -> bool:
    """Whether the run has a process to itself, which can be signalled; assumed while Redis is away."""
    try:
        held = cancelling.find(client(), asked.queue, asked.uid)
        worker = call_roll(client()).live.get(held.worker) if held else None
    except REDIS_ERRORS:
        return True
    return worker is None or worker.pool == "prefork"


def _grace(task: str) -> float:
    known = current_app.tasks.get(task)
    return float(getattr(known, "cancel_grace", OWN_OPTIONS["cancel_grace"]))


_GRACE_OF = "SELECT task FROM jobs_job WHERE uid = %s"

_REQUEST = """
UPDATE jobs_job SET
    cancel_requested_at = coalesce(cancel_requested_at, clock_timestamp()),
    cancel_reason = CASE WHEN cancel_requested_at IS NULL THEN %s ELSE cancel_reason END,
    cancel_grace = least(cancel_grace, %s)
WHERE uid = %s AND state IN ('waiting', 'delayed', 'blocked', 'active')
RETURNING queue, state, cancel_reason, cancel_grace
"""

_REQUESTED = """
SELECT queue, uid, state, cancel_reason, cancel_grace FROM jobs_job
WHERE queue = ANY(%s) AND cancel_requested_at IS NOT NULL AND state IN ('waiting', 'delayed', 'blocked', 'active')
"""
