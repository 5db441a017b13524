"""What was lost is found: dead workers' jobs, stale runs, rows that nobody runs, messages that vanished."""

import json
import logging
import time
from collections.abc import Iterable, Mapping
from dataclasses import replace

import redis

from jobs.dispatcher.publish import Message, Publisher
from jobs.dispatcher.release import released
from jobs.dispatcher.window import Window
from jobs.fence import keys, leases
from jobs.fence.leases import Lease, Ticket
from jobs.fence.roll import Roll
from jobs.store.waiting import active_runs, waiting_to_run

logger = logging.getLogger(__name__)

_MESSAGE_LOST_AFTER = 2.0  # seconds a ticket may be neither in the broker nor at a worker; doubles per try
_CONFIRMATIONS = 2  # looks that must agree before a row that nobody holds is acted on


def leases_of(client: "redis.Redis", queues: Iterable[str]) -> dict[str, dict[str, Lease]]:
    """Per queue, the leases by job id."""
    names = list(queues)
    pipeline = client.pipeline(transaction=False)
    for queue in names:
        pipeline.hgetall(keys.running(queue))
    return {
        queue: {uid: Lease.of_queue(queue, uid, text) for uid, text in held.items()}
        for queue, held in zip(names, pipeline.execute(), strict=True)
    }


def tickets_of(client: "redis.Redis", queues: Iterable[str]) -> dict[str, dict[str, Ticket]]:
    """Per queue, the tickets that nobody took yet, by job id."""
    names = list(queues)
    pipeline = client.pipeline(transaction=False)
    for queue in names:
        pipeline.hgetall(keys.tickets(queue))
    return {
        queue: {uid: Ticket.parse(text) for uid, text in waiting.items()}
        for queue, waiting in zip(names, pipeline.execute(), strict=True)
    }


def stall_lost(client: "redis.Redis", held: Mapping[str, Mapping[str, Lease]], roll: Roll) -> int:
    """Take the leases of dead workers and of runs past their stale-after; answers how many."""
    lost = 0
    for by_uid in held.values():
        for lease in by_uid.values():
            reason = _why_lost(lease, roll)
            if reason and leases.stall(client, lease, json.dumps({"reason": reason})):
                lost += 1
    return lost


def _why_lost(lease: Lease, roll: Roll) -> str:
    if lease.worker not in roll.live:
        return f"worker {lease.worker} stopped answering"
    if lease.stale_ms and lease.stale_ms <= roll.now_ms:
        return f"ran longer than its stale-after of {(lease.stale_ms - int(lease.since_ms)) / 1000:g} s"
    return ""


class Owed:
    """Rows that count as running although nobody holds them: found twice in a row, they are stalled."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, int], int] = {}

    def stall(self, client: "redis.Redis", held: Mapping[str, Mapping[str, Lease]]) -> int:
        """Look once. `held` must be read after the log was folded to its end."""
        missing = [
            (queue, uid, run) for queue, uid, run in active_runs(list(held)) if uid not in held.get(queue, {})
        ]
        self._seen = {(uid, run): self._seen.get((uid, run), 0) + 1 for _, uid, run in missing}
        certain = [row for row in missing if self._seen[row[1], row[2]] >= _CONFIRMATIONS]
        for queue, uid, run in certain:
            leases.lose(client, queue, uid, run, "nobody holds it: Redis lost what it knew")
        return len(certain)


def reconcile(window: Window, held: Mapping[str, Lease], tickets: Mapping[str, Ticket]) -> None:
    """Forget jobs that are out in the leader's memory only: withdrawn, or lost with Redis's last second."""
    for uid, out in list(window.out.items()):
        if uid in held or uid in tickets:
            out.missing = 0
            continue
        if out.ended:
            continue
        out.missing += 1
        if out.missing > _CONFIRMATIONS:
            window.forget(uid)
            window.dirty = True


def publish_again(
    client: "redis.Redis", publisher: Publisher, window: Window, tickets: Mapping[str, Ticket], roll: Roll
) -> int:
    """Publish the messages of tickets whose message is nowhere; answers how many.

    A ticket that its row does not wait for is taken back: Redis came back with what it knew a second ago.

    A message is nowhere when the broker's queue is empty and no live worker says that it holds it. The
    patience doubles with each try, so that messages do not multiply while workers are merely busy.
    """
    reserved = {uid for worker in roll.live.values() for uid in worker.reserved}
    now = time.monotonic()
    late = [
        uid
        for uid in tickets
        if uid not in reserved
        and (out := window.out.get(uid)) is not None
        and now - out.published > _MESSAGE_LOST_AFTER * 2 ** (out.tries - 1)
    ]
    if not late or publisher.waiting_in_broker(window.queue):
        return 0
    rows = {row.uid: row for row in waiting_to_run(late) if row.runs + 1 == tickets[row.uid].run}
    _take_back(client, window, {uid: str(tickets[uid]) for uid in late if uid not in rows})
    jobs = [replace(released(row), ticket=tickets[uid]) for uid, row in rows.items()]
    if not jobs:
        return 0
    for job in jobs:
        window.out[job.uid].published = now
        window.out[job.uid].tries += 1
    publisher.publish([Message([job]) for job in jobs])
    logger.warning("%s: published %d lost messages again", window.queue, len(jobs))
    return len(jobs)


def _take_back(client: "redis.Redis", window: Window, tickets: Mapping[str, str]) -> None:
    leases.unbundle(client, window.queue, tickets.items())
    for uid in tickets:
        window.forget(uid)
    window.dirty = window.dirty or bool(tickets)
