"""How far the dispatchers are behind the event logs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from jobs.fence import keys
from jobs.fence.connection import REDIS_ERRORS, client

_GROUP = "fold"  # of `jobs.dispatcher.log`


@dataclass(frozen=True)
class Lag:
    """Events of a queue's log that are not in the rows yet, and how many seconds ago the oldest happened."""

    events: int = 0
    seconds: float = 0.0


def lags(queues: Sequence[str]) -> dict[str, Lag]:
    """Each queue's lag; empty when Redis does not answer."""
    try:
        redis = client()
        pipeline = redis.pipeline(transaction=False)
        for queue in queues:
            pipeline.xinfo_groups(keys.events(queue))
        seconds, micros = redis.time()
        now_ms = seconds * 1000 + micros // 1000
        answers = pipeline.execute(raise_on_error=False)
        return {queue: _lag(queue, answer, now_ms) for queue, answer in zip(queues, answers, strict=True)}
    except REDIS_ERRORS:
        return {}


def _lag(queue: str, groups: Any, now_ms: int) -> Lag:
    group = next((g for g in groups if g["name"] == _GROUP), None) if isinstance(groups, list) else None
    if group is None:
        return Lag()
    behind, unread = int(group["pending"]), int(group.get("lag") or 0)
    if not behind and not unread:
        return Lag()
    return Lag(behind + unread, max(0.0, (now_ms - _oldest_ms(queue, group, now_ms)) / 1000))


def _oldest_ms(queue: str, group: Any, now_ms: int) -> int:
    stream = keys.events(queue)
    if group["pending"]:
        oldest = client().xpending(stream, _GROUP)["min"]
    else:
        entries: Any = client().xrange(stream, min=f"({group['last-delivered-id']}", count=1)
        oldest = entries[0][0] if entries else None
    return int(str(oldest).partition("-")[0]) if oldest else now_ms
