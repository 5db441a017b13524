"""The roll of workers: who lives, what they serve, what they hold."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

import redis

from jobs.fence import keys, scripts

_BUNDLE_POOLS = {"prefork", "solo"}  # one job at a time per process


@dataclass(frozen=True)
class Worker:
    """A live worker as it announced itself.

    `proven_ago`: seconds, at its last heartbeat, since a message had reached it; `deaf`: one did not.
    """

    id: str
    queues: tuple[str, ...]
    slots: int
    reserved: frozenset[str]
    host: str = ""
    pid: int = 0
    pool: str = ""
    since: float = 0.0
    bundles: bool = False  # whether it understands messages that carry several jobs
    proven_ago: float | None = None
    deaf: bool = False


@dataclass(frozen=True)
class Roll:
    """All workers at one moment (Redis time in ms). `epoch` changes when Redis was emptied."""

    epoch: str
    now_ms: int
    lapsed: frozenset[str]
    live: Mapping[str, Worker]

    def slots(self, queue: str) -> int:
        """How many jobs of a queue the live workers that hear can run at once."""
        return sum(
            worker.slots for worker in self.live.values() if queue in worker.queues and not worker.deaf
        )

    def deaf(self, queue: str) -> int:
        """How many live workers of a queue receive nothing."""
        return sum(worker.deaf for worker in self.live.values() if queue in worker.queues)

    def bundles(self, queue: str) -> bool:
        """Whether every live worker of a queue understands bundles: messages go to any of them."""
        return all(worker.bundles for worker in self.live.values() if queue in worker.queues)


def call_roll(client: "redis.Redis") -> Roll:
    """Ask Redis who lives; sets the epoch when there is none."""
    answer = scripts.run(client, "roll", [keys.WORKERS, keys.HEARTBEATS, keys.EPOCH], [secrets.token_hex(6)])
    epoch, now_ms, lapsed, live = answer
    pairs = zip(live[::2], live[1::2], strict=True)
    return Roll(epoch, int(now_ms), frozenset(lapsed), {name: _worker(name, text) for name, text in pairs})


def _worker(name: str, text: str) -> Worker:
    told = json.loads(text)
    return Worker(
        id=name,
        queues=tuple(told.get("queues", ())),
        slots=int(told.get("slots", 0)),
        reserved=frozenset(told.get("reserved", ())),
        host=told.get("host", ""),
        pid=int(told.get("pid", 0)),
        pool=told.get("pool", ""),
        since=float(told.get("since", 0)),
        bundles=bool(told.get("bundles")) and told.get("pool") in _BUNDLE_POOLS,
        proven_ago=told.get("proven_ago"),
        deaf=bool(told.get("deaf", False)),
    )
