"""Tickets and leases as values, and the calls that hand them over. Each call is one atomic script."""

import json
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast

import redis

from jobs.fence import keys, scripts

Client = redis.Redis  # the client type, for readers of signatures
_MARKS_AT_ONCE = 5000


@dataclass(frozen=True)
class Ticket:
    """The right to start run number `run` of a job, once. `expires_ms` is 0 or the latest start."""

    run: int
    nonce: str
    expires_ms: int = 0

    @classmethod
    def issue(cls, run: int, expires_ms: int = 0) -> "Ticket":
        """A ticket that no other one equals."""
        return cls(run, secrets.token_hex(8), expires_ms)

    @classmethod
    def parse(cls, text: str) -> "Ticket":
        """The ticket that `str` wrote."""
        run, nonce, expires = text.split(":")
        return cls(int(run), nonce, int(expires))

    def __str__(self) -> str:
        return f"{self.run}:{self.nonce}:{self.expires_ms}"


@dataclass(frozen=True)
class Lease:
    """Who runs what, since when. Times are Redis time in ms; `stale_ms` is 0 or when it is given up.

    `cancel` is the request to cancel it (`jobs.fence.cancelling`), empty for none.
    """

    uid: str
    queue: str
    run: int
    nonce: str
    worker: str
    pid: int
    since_ms: float = 0
    stale_ms: int = 0
    epoch: str = ""
    cancel: str = ""

    @classmethod
    def of_queue(cls, queue: str, uid: str, text: str) -> "Lease":
        """From the queue's `running` hash."""
        run, nonce, worker, pid, since, stale, *cancel = text.split("|", 6)
        return cls(
            uid, queue, int(run), nonce, worker, int(pid), float(since), int(stale), cancel="".join(cancel)
        )

    @classmethod
    def of_worker(cls, worker: str, uid: str, text: str) -> "Lease":
        """From the worker's `held` hash."""
        queue, run, nonce, pid, since, stale, *cancel = text.split("|", 6)
        return cls(
            uid, queue, int(run), nonce, worker, int(pid), float(since), int(stale), cancel="".join(cancel)
        )

    def queue_entry(self) -> str:
        """As it stands in the queue's `running` hash."""
        return (
            f"{self.run}|{self.nonce}|{self.worker}|{self.pid}|{self.since_ms}|{self.stale_ms}{self._asked()}"
        )

    def worker_entry(self) -> str:
        """As it stands in the worker's `held` hash."""
        return (
            f"{self.queue}|{self.run}|{self.nonce}|{self.pid}|{self.since_ms}|{self.stale_ms}{self._asked()}"
        )

    def _asked(self) -> str:
        return f"|{self.cancel}" if self.cancel else ""


@dataclass(frozen=True)
class Claim:
    """A ticket that a process wants to turn into a lease. `stale_after` is seconds, None for never."""

    lease: Lease
    ticket: Ticket
    stale_after: float | None


@dataclass(frozen=True)
class Ending:
    """How a run ended: event and data (JSON), `ago_ms` ago, after `ran_ms`; -1 means since the claim.

    With fractions: most of what a short run takes would be lost in whole ms.
    """

    lease: Lease
    event: str
    data: str
    ago_ms: float = 0
    ran_ms: float = -1


def write_tickets(
    client: "Client", queue: str, leader: str, wanted: Iterable[tuple[str, Ticket]]
) -> set[str] | None:
    """Write tickets; the ids that got theirs, or None when `leader` leads the queue no more."""
    pairs = [text for uid, ticket in wanted for text in (uid, str(ticket))]
    names = [keys.leader(queue), keys.tickets(queue), keys.running(queue), keys.withdrawn(queue)]
    names += [keys.ended(queue), keys.paused(queue)]
    granted = scripts.run(client, "ticket", names, [leader, *pairs])
    return None if granted is None else set(granted)


def withdraw(client: "Client", queue: str, uid: str, seconds: float = 60.0) -> bool:
    """Take the ticket away; False when the job runs, or ran and the row does not say so yet.

    No new ticket for `seconds`.
    """
    names = [keys.tickets(queue), keys.running(queue), keys.withdrawn(queue), keys.ended(queue)]
    return bool(scripts.run(client, "withdraw", names, [uid, int(seconds * 1000)]) == "withdrawn")


def forget_withdrawn(client: "Client", queues: Iterable[str]) -> int:
    """Drop the marks that refuse nothing any more; answers how many."""
    calls = [scripts.Call("forget", [keys.withdrawn(queue)], [_MARKS_AT_ONCE]) for queue in queues]
    return sum(scripts.call_all(client, calls))


def pause(client: "Client", queue: str) -> int:
    """Take the queue's tickets away and let none be written until `resume`; answers how many there were."""
    names = [keys.tickets(queue), keys.paused(queue)]
    return int(scripts.run(client, "pause", names, ["paused by an operator"]))


def youngest(client: "Client", queues: Iterable[str]) -> float | None:
    """How many seconds ago the latest of these queues' running jobs was claimed; None when nothing runs."""
    pipeline = client.pipeline(transaction=False)
    pipeline.time()
    names = list(queues)
    for queue in names:
        pipeline.hgetall(keys.running(queue))
    (seconds, microseconds), *held = pipeline.execute()
    since = [
        Lease.of_queue(queue, uid, text).since_ms
        for queue, leases in zip(names, held, strict=True)
        for uid, text in leases.items()
    ]
    return seconds + microseconds / 1e6 - max(since) / 1000 if since else None


def resume(client: "Client", *queues: str) -> None:
    """Let tickets be written again."""
    if queues:
        client.delete(*map(keys.paused, queues))


def supersede(client: "Client", queue: str, uid: str, first_run: int, seconds: float = 5.0) -> bool:
    """Refuse tickets for runs before `first_run`, so that a waiting job's payload may change; False when it is out.

    Only for `seconds`, in case the change is rolled back.
    """
    names = [keys.tickets(queue), keys.running(queue), keys.withdrawn(queue), keys.ended(queue)]
    return bool(scripts.run(client, "supersede", names, [uid, first_run, int(seconds * 1000)]))


def claim(client: "Client", lease: Lease, ticket: Ticket, stale_after: float | None) -> tuple[str, str]:
    """Turn a ticket into a lease: ('claimed', epoch), ('stale', '') or ('expired', '')."""
    epoch, (answer,) = claimed(scripts.call(client, claim_call([Claim(lease, ticket, stale_after)])))
    return answer, epoch if answer == "claimed" else ""


def claim_call(wanted: Sequence[Claim]) -> scripts.Call:
    """The script call that claims these tickets, all of one queue and for one process."""
    first = wanted[0].lease
    queue = first.queue
    names = [
        keys.tickets(queue),
        keys.running(queue),
        keys.events(queue),
        keys.held_by(first.worker),
        keys.EPOCH,
    ]
    values: list[scripts.Argument] = [first.worker, first.pid, queue]
    for one in wanted:
        stale_ms = int((one.stale_after or 0) * 1000)
        ticket = one.ticket
        values += [one.lease.uid, str(ticket), ticket.run, ticket.nonce, stale_ms, ticket.expires_ms]
    return scripts.Call("claim", names, values)


def claimed(answer: Sequence[str]) -> tuple[str, list[str]]:
    """The epoch, and 'claimed', 'stale' or 'expired' per ticket, out of what the script answered."""
    return answer[0], list(answer[1:])


def finish(client: "Client", lease: Lease, event: str, data: str, ran_ms: float = -1) -> bool:
    """End the run with an outcome; False when the lease was lost and the outcome is dropped."""
    return bool(scripts.call(client, finish_call([Ending(lease, event, data, ran_ms=ran_ms)]))[0])


def finish_call(endings: Sequence[Ending]) -> scripts.Call:
    """The script call that ends these runs, all of one queue, worker and epoch; it answers 1 or 0 for each."""
    first = endings[0].lease
    queue = first.queue
    names = [keys.running(queue), keys.events(queue), keys.held_by(first.worker), keys.fenced(queue)]
    names += [keys.EPOCH, keys.tickets(queue), keys.ended(queue)]
    values: list[scripts.Argument] = [first.epoch]
    for one in endings:
        lease = one.lease
        values += [lease.uid, lease.run, lease.nonce, one.event, one.data, one.ago_ms, one.ran_ms]
    return scripts.Call("finish", names, values)


def unbundle(client: "Client", queue: str, tickets: Iterable[tuple[str, str]]) -> int:
    """Take back tickets (job id, ticket) that their bundle does not come to; answers how many."""
    pairs = [text for pair in tickets for text in pair]
    return int(scripts.run(client, "unbundle", [keys.tickets(queue)], pairs)) if pairs else 0


LOST, TOLD, TOLD_AND_CANCELLED = 0, 1, 2  # what `note` answers


def note(client: "Client", lease: Lease, event: str, data: str) -> int:
    """Append progress or a log line: LOST (the lease), TOLD, or TOLD_AND_CANCELLED: somebody asks the run to end."""
    names = [keys.running(lease.queue), keys.events(lease.queue)]
    return int(scripts.run(client, "note", names, [lease.uid, lease.run, lease.nonce, event, data]))


def stall(client: "Client", lease: Lease, data: str) -> bool:
    """Take the lease away from a run that is lost; False when it was not held any more."""
    names = [keys.running(lease.queue), keys.events(lease.queue), keys.held_by(lease.worker)]
    names.append(keys.ended(lease.queue))
    return bool(scripts.run(client, "stall", names, [lease.uid, lease.run, lease.nonce, data]))


def lose(client: "Client", queue: str, uid: str, run: int, reason: str) -> None:
    """Say in the log that a run is lost which nobody holds; without effect when its outcome stands before."""
    seconds, microseconds = client.time()
    at = seconds * 1000 + microseconds // 1000
    entry = {"e": "stalled", "j": uid, "r": run, "t": at, "d": json.dumps({"reason": reason})}
    client.xadd(keys.events(queue), cast("dict[Any, Any]", entry))


def settle(client: "Client", queue: str, runs: Iterable[tuple[str, int]]) -> None:
    """The outcomes of these runs (job id, run) are in the rows."""
    scripts.call(client, settle_call(queue, runs))


def settle_call(queue: str, runs: Iterable[tuple[str, int]]) -> scripts.Call:
    """The script call that removes the marks of these runs."""
    return scripts.Call("settle", [keys.ended(queue)], [value for run in runs for value in run])


def reclaim(client: "Client", lease: Lease) -> bool:
    """Enter a running job again after Redis was emptied; False when somebody else may run it."""
    names = [keys.tickets(lease.queue), keys.running(lease.queue), keys.held_by(lease.worker)]
    return bool(scripts.run(client, "reclaim", names, [lease.uid, lease.queue_entry(), lease.worker_entry()]))
