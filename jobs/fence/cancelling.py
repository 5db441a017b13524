"""A request to cancel a running job: it stands in the run's lease and goes away with it."""

import json
from dataclasses import dataclass

import redis

from jobs.fence import keys, leases, scripts
from jobs.fence.leases import Lease


@dataclass(frozen=True)
class CancelRequest:
    """Why, by whom (in `reason`), and with how much patience.

    `grace` is the seconds between the request, the exception raised in the job's code, and the kill of its
    process; None leaves the run to its own code.
    """

    reason: str
    grace: float | None

    @classmethod
    def of(cls, lease: Lease) -> "CancelRequest | None":
        """What was asked of a run; None for nothing."""
        return cls(**json.loads(lease.cancel)) if lease.cancel else None

    def __str__(self) -> str:
        return json.dumps(vars(self))


def ask(client: "redis.Redis", queue: str, uid: str, request: CancelRequest) -> bool:
    """Tell the run of a job, if there is one; False when there is none (any more)."""
    held = find(client, queue, uid)
    if held is None:
        return False
    names = [keys.running(queue), keys.held_by(held.worker)]
    return bool(scripts.run(client, "cancel", names, [uid, held.worker, str(request)]))


def find(client: "redis.Redis", queue: str, uid: str) -> Lease | None:
    """The lease of a job that runs."""
    text = client.hget(keys.running(queue), uid)
    return None if text is None else leases.Lease.of_queue(queue, uid, str(text))
