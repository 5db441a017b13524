"""Who is there: live workers, what they run, and which queues have a leader. All of it from Redis."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from jobs.configuration import lease
from jobs.fence import keys
from jobs.fence.connection import REDIS_ERRORS, client
from jobs.fence.roll import Roll, call_roll


@dataclass(frozen=True)
class Presence:
    """One moment. `reachable` is False when Redis did not answer; then nothing else is known."""

    reachable: bool
    roll: Roll | None = None
    led: frozenset[str] = frozenset()

    def slots(self, queue: str) -> int:
        """How many jobs of the queue the live workers can run at once."""
        return self.roll.slots(queue) if self.roll else 0

    def deaf(self, queue: str) -> int:
        """How many workers of the queue live and receive nothing."""
        return self.roll.deaf(queue) if self.roll else 0


@dataclass(frozen=True)
class Holding:
    """A job that a worker runs now."""

    uid: str
    queue: str
    since: datetime


@dataclass(frozen=True)
class WorkerNow:
    """A live worker and what it runs. Seconds since its last heartbeat, and since a message reached it."""

    id: str
    host: str
    pid: int
    pool: str
    slots: int
    queues: tuple[str, ...]
    since: datetime
    beat_ago: float
    proven_ago: float | None
    deaf: bool
    holding: tuple[Holding, ...]


def presence(queues: Sequence[str]) -> Presence:
    """Workers and leaders, in two round trips."""
    try:
        redis = client()
        roll = call_roll(redis)
        leaders = redis.mget([keys.leader(queue) for queue in queues])
    except REDIS_ERRORS:
        return Presence(reachable=False)
    led = frozenset(queue for queue, leader in zip(queues, leaders, strict=True) if leader)
    return Presence(reachable=True, roll=roll, led=led)


def workers_now() -> list[WorkerNow]:
    """Every live worker, by host. Raises one of `REDIS_ERRORS` when Redis does not answer."""
    redis = client()
    roll = call_roll(redis)
    ids = sorted(roll.live)
    pipeline = redis.pipeline(transaction=False)
    for name in ids:
        pipeline.zscore(keys.HEARTBEATS, name)
        pipeline.hgetall(keys.held_by(name))
    answers = pipeline.execute()
    return [
        _worker(roll, name, lapses, held)
        for name, lapses, held in zip(ids, answers[::2], answers[1::2], strict=True)
    ]


def _worker(roll: Roll, name: str, lapses_ms: float | None, held: dict[str, str]) -> WorkerNow:
    told = roll.live[name]
    beat_ms = (lapses_ms or roll.now_ms) - lease() * 1000
    beat_ago = max(0.0, (roll.now_ms - beat_ms) / 1000)
    return WorkerNow(
        id=name,
        host=told.host,
        pid=told.pid,
        pool=told.pool,
        slots=told.slots,
        queues=tuple(sorted(told.queues)),
        since=_moment(told.since),
        beat_ago=beat_ago,
        proven_ago=None if told.proven_ago is None else told.proven_ago + beat_ago,
        deaf=told.deaf,
        holding=tuple(_holding(uid, text) for uid, text in sorted(held.items())),
    )


def _holding(uid: str, text: str) -> Holding:
    queue, _run, _nonce, _pid, since, *_ = text.split("|")
    return Holding(uid, queue, _moment(float(since) / 1000))


def _moment(seconds: Any) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
