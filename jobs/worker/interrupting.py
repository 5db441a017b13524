"""A cancelled run that does not end by itself is interrupted, and killed when that does not help either.

Only a run with a process to itself can be: in a pool of threads, or without a pool, its own code decides.
"""

import logging
import os
import signal
import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from enum import Enum

import redis

from jobs.fence import leases
from jobs.fence.cancelling import CancelRequest
from jobs.fence.connection import REDIS_ERRORS
from jobs.fence.leases import Lease
from jobs.worker.cancelling import KILLED, SIGNAL
from jobs.worker.claims import reason_json

logger = logging.getLogger(__name__)

_SHORTEST = 0.5  # seconds between the interruption and the kill, even with no patience at all
_STOPPED_WITHIN = 1.0  # seconds


class Step(Enum):
    """What is to be done about a cancelled run now."""

    WAIT = "wait"
    INTERRUPT = "interrupt"
    KILL = "kill"


def due(grace: float | None, waited: float, since_interrupt: float | None) -> Step:
    """The next step for a run that saw the request `waited` seconds ago."""
    if grace is None:
        return Step.WAIT
    if since_interrupt is None:
        return Step.INTERRUPT if waited >= grace else Step.WAIT
    return Step.KILL if since_interrupt >= max(grace, _SHORTEST) else Step.WAIT


@dataclass
class _Seen:
    at: float
    interrupted_at: float | None = None


class Interruptions:
    """The cancelled runs of a worker."""

    def __init__(self, client: "redis.Redis") -> None:
        self._client = client
        self._seen: dict[str, _Seen] = {}  # by the lease's nonce

    def look(self, held: Iterable[Lease], processes: Collection[int], epoch: str) -> None:
        """Take the steps that are due. `processes` are the ids of the pool's processes."""
        asked = [lease for lease in held if lease.cancel and lease.pid in processes]
        now = time.monotonic()
        self._seen = {lease.nonce: self._seen.get(lease.nonce) or _Seen(now) for lease in asked}
        for lease in asked:
            self._act(lease, self._seen[lease.nonce], now, epoch)

    def _act(self, lease: Lease, seen: _Seen, now: float, epoch: str) -> None:
        request = CancelRequest.of(lease)
        since = None if seen.interrupted_at is None else now - seen.interrupted_at
        match due(request.grace if request else None, now - seen.at, since):
            case Step.INTERRUPT:
                seen.interrupted_at = now
                os.kill(lease.pid, SIGNAL)
            case Step.KILL:
                self._kill(lease, epoch)

    def _kill(self, lease: Lease, epoch: str) -> None:
        """End the run and its process. The process stands still meanwhile: it can neither write another
        outcome nor go on to a job that nobody wants to kill."""
        os.kill(lease.pid, signal.SIGSTOP)
        try:
            _wait_until_stopped(lease.pid)
            ended = leases.finish(self._client, replace(lease, epoch=epoch), "cancelled", reason_json(KILLED))
        except REDIS_ERRORS:
            os.kill(lease.pid, signal.SIGCONT)
            raise
        os.kill(lease.pid, signal.SIGKILL if ended else signal.SIGCONT)
        if ended:
            logger.warning("%s was cancelled and did not end: killed its process %d", lease.uid, lease.pid)


def _wait_until_stopped(pid: int) -> None:
    """Signals are delivered in their own time; where there is no /proc, a moment has to do."""
    deadline = time.monotonic() + _STOPPED_WITHIN
    while time.monotonic() < deadline and _state(pid) not in {"T", "Z", "X"}:
        time.sleep(0.005)


def _state(pid: int) -> str:
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return "X"
