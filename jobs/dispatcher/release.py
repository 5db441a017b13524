"""Releasing: the next waiting jobs get their tickets and messages, as far as there is room."""

import time
from typing import Any

import redis

from jobs import celery_json
from jobs.dispatcher.breakers import Breakers
from jobs.dispatcher.publish import Publisher, Released
from jobs.dispatcher.window import Out, Window
from jobs.fence import leases
from jobs.fence.leases import Ticket
from jobs.store.waiting import next_waiting, promote_due

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
        return 0
    rows = next_waiting(window.queue, list(window.out), room, breakers.shut_out())
    window.dirty = len(rows) == room  # else everything that waits is out
    jobs = breakers.admitted(window.queue, [released(row) for row in rows])
    if not jobs:
        return 0
    granted = leases.write_tickets(client, window.queue, identity, [(job.uid, job.ticket) for job in jobs])
    if granted is None:
        raise LostLead(window.queue)
    return _send(publisher, window, [job for job in jobs if job.uid in granted])


def _send(publisher: Publisher, window: Window, jobs: list[Released]) -> int:
    for job in jobs:
        window.out[job.uid] = Out(time.monotonic())
    if jobs:
        publisher.publish(jobs)
    return len(jobs)


def released(row: tuple[Any, ...]) -> Released:
    """A row of the waiting set with a fresh ticket for its next run."""
    uid, queue, task, args, kwargs, options, canvas, runs, attempt, snoozes, correlation_id, expires = row
    return Released(
        uid=uid,
        queue=queue,
        task=task,
        args=args,
        kwargs=kwargs,
        options=celery_json.loads(options),
        canvas=celery_json.loads(canvas) if canvas else {},
        attempt=attempt,
        snoozes=snoozes,
        correlation_id=correlation_id,
        ticket=Ticket.issue(runs + 1, expires),
    )
