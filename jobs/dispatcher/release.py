"""Releasing: the next waiting jobs get their tickets and messages, as far as there is room."""

import time
from collections.abc import Sequence

import redis

from jobs import celery_json
from jobs.dispatcher.breakers import Breakers
from jobs.dispatcher.bundling import messages
from jobs.dispatcher.choose import choose
from jobs.dispatcher.publish import Publisher, Released
from jobs.dispatcher.window import Out, Window
from jobs.fence import leases
from jobs.fence.leases import Ticket
from jobs.store.waiting import WaitingJob, promote_due

_AT_MOST = 500


class LostLead(Exception):
    """Another dispatcher leads the queue now."""


def release(
    client: "redis.Redis", publisher: Publisher, window: Window, identity: str, breakers: Breakers
) -> int:
    """Release what there is room for; answers how many. LostLead when the lead was lost."""
    if window.next_due is not None and window.next_due <= time.monotonic():
        window.next_due = None
        window.dirty = promote_due(window.queue) > 0 or window.dirty
    room = min(window.room(), _AT_MOST)
    if not window.dirty or not room or breakers.shut(window.queue):
        window.look_when_open()
        return 0
    rows = choose(window, room, breakers.shut_out())
    if met := window.unmetered.intersection(row.task for row in rows):
        window.newly_rated |= met  # nothing goes before the gate knows their rates, at the next tick
        _put_back(window, rows, set())
        return 0
    # Else everything that waits is out; behind a gate, what is not may only be kept back.
    window.dirty = len(rows) == room or (
        window.gate is not None and (bool(rows) or window.gate.full or window.gate.kept_back)
    )
    jobs = breakers.admitted(window.queue, [released(row) for row in rows])
    if len(jobs) < len(rows):
        _put_back(window, rows, {job.uid for job in jobs})
    window.look_when_open()
    return _release(client, publisher, window, identity, jobs) if jobs else 0


def _put_back(window: Window, rows: Sequence[WaitingJob], admitted: set[str]) -> None:
    """Those that are not `admitted` are kept back: the limits count them as released no more."""
    if window.gate is None:
        return
    for row in rows:
        if row.uid not in admitted:
            window.gate.ended(Out(0.0, task=row.task, key=row.limit_key))


def _release(
    client: "redis.Redis", publisher: Publisher, window: Window, identity: str, jobs: list[Released]
) -> int:
    for job in jobs:
        window.out[job.uid] = Out(time.monotonic(), task=job.task, key=job.limit_key)
    granted = leases.write_tickets(client, window.queue, identity, [(job.uid, job.ticket) for job in jobs])
    if granted is None:
        raise LostLead(window.queue)
    refused = [job.uid for job in jobs if job.uid not in granted]
    for uid in refused:
        window.forget(uid)
    return _send(publisher, window, [job for job in jobs if job.uid in granted])


def _send(publisher: Publisher, window: Window, jobs: list[Released]) -> int:
    if jobs:
        publisher.publish(messages(jobs, window.paces, window.bundling, window.slots))
    return len(jobs)


def released(row: WaitingJob) -> Released:
    """A row of the waiting set with a fresh ticket for its next run."""
    return Released(
        uid=row.uid,
        queue=row.queue,
        task=row.task,
        args=row.args,
        kwargs=row.kwargs,
        options=celery_json.loads(row.options),
        canvas=celery_json.loads(row.canvas) if row.canvas else {},
        attempt=row.attempt,
        snoozes=row.snoozes,
        correlation_id=row.correlation_id,
        ticket=Ticket.issue(row.runs + 1, row.expires_ms),
        limit_key=row.limit_key,
    )
