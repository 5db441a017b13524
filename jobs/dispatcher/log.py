"""Reading the event log through its consumer group, and trimming what is folded and old."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

import redis

from jobs.fence import keys, leases, scripts
from jobs.fence.events import Event, MalformedEvent, parse

logger = logging.getLogger(__name__)

GROUP, CONSUMER = "fold", "leader"
_KEEP_AT_MOST = 50_000  # folded entries that stay per queue for browsers, whatever their age


class Log:
    """The event logs of the queues that this dispatcher leads."""

    def __init__(self, client: "redis.Redis") -> None:
        self._client = client

    def open(self, queues: Sequence[str]) -> None:
        """Create what is missing: the streams and their consumer group."""
        pipeline = self._client.pipeline(transaction=False)
        for queue in queues:
            pipeline.xgroup_create(keys.events(queue), GROUP, id="0", mkstream=True)
        for answer in pipeline.execute(raise_on_error=False):
            if isinstance(answer, Exception) and "BUSYGROUP" not in str(answer):
                raise answer

    def read_pending(self, cursors: Mapping[str, str], count: int) -> list[Event]:
        """Entries after a cursor per queue that were read by a leader and never acknowledged."""
        return self._read(cursors, count, None)

    def with_pending(self, queues: Sequence[str]) -> list[str]:
        """The queues of which a leader read entries that were never acknowledged."""
        pipeline = self._client.pipeline(transaction=False)
        for queue in queues:
            pipeline.xpending(keys.events(queue), GROUP)
        return [queue for queue, told in zip(queues, pipeline.execute(), strict=True) if told["pending"]]

    def end(self, queue: str) -> str:
        """The cursor of the last entry that was ever written; empty when there is no log."""
        try:
            return str(self._client.xinfo_stream(keys.events(queue))["last-generated-id"])
        except redis.ResponseError:
            return ""

    def is_folded(self, queue: str, upto: str) -> bool:
        """Whether nothing is left to fold up to a cursor. Entries that somebody removed are not waited for: a log
        that was trimmed, or deleted and begun anew, may have nothing left to read."""
        group = next((g for g in self._groups(queue) if g["name"] == GROUP), None)
        if group is None:
            return False
        newest = self._newest(queue)
        oldest = self._client.xpending(keys.events(queue), GROUP)["min"]
        read = not newest or _order(group["last-delivered-id"]) >= min(_order(newest), _order(upto))
        return read and (not oldest or _order(oldest) > _order(upto))

    def _newest(self, queue: str) -> str:
        """The cursor of the last entry that is there; empty when there is none."""
        entries: Any = self._client.xrevrange(keys.events(queue), count=1)
        return str(entries[0][0]) if entries else ""

    def _groups(self, queue: str) -> list[Any]:
        try:
            return list(self._client.xinfo_groups(keys.events(queue)))
        except redis.ResponseError:
            return []

    def read(self, queues: Sequence[str], count: int, block_ms: int | None) -> list[Event]:
        """New entries of all queues, waiting up to `block_ms` for the first; None does not wait."""
        return self._read(dict.fromkeys(queues, ">"), count, block_ms)

    def acknowledge(self, events: Sequence[Event]) -> None:
        """Tell Redis that these are folded."""
        by_queue: dict[str, list[str]] = {}
        ended: dict[str, list[tuple[str, int]]] = {}
        for event in events:
            by_queue.setdefault(event.queue, []).append(event.cursor)
            if event.is_outcome:
                ended.setdefault(event.queue, []).append((event.uid, event.run))
        scripts.call_all(self._client, [leases.settle_call(queue, runs) for queue, runs in ended.items()])
        pipeline = self._client.pipeline(transaction=False)
        for queue, cursors in by_queue.items():
            pipeline.xack(keys.events(queue), GROUP, *cursors)
        pipeline.execute()

    def trim(self, queues: Sequence[str], before_ms: int) -> None:
        """Drop entries that are folded and older than `before_ms` (Unix ms), or too many."""
        pipeline = self._client.pipeline(transaction=False)
        for queue in queues:
            pipeline.xinfo_groups(keys.events(queue))
            pipeline.xpending(keys.events(queue), GROUP)
            pipeline.xlen(keys.events(queue))
        answers = pipeline.execute(raise_on_error=False)
        for queue, *told in zip(queues, answers[::3], answers[1::3], answers[2::3], strict=True):
            if not any(isinstance(answer, Exception) for answer in told):  # else it has no log yet
                self._trim(pipeline, keys.events(queue), before_ms, *told)
        pipeline.execute()

    @staticmethod
    def _trim(pipeline: Any, stream: str, before_ms: int, groups: Any, pending: Any, length: int) -> None:
        group = next(group for group in groups if group["name"] == GROUP)
        oldest_unfolded = str(pending["min"] or group["last-delivered-id"])
        limit = min(f"{before_ms}-0", oldest_unfolded, key=_order)
        pipeline.xtrim(stream, minid=limit, approximate=True)
        if length > 2 * _KEEP_AT_MOST and not pending["min"] and not group.get("lag"):
            pipeline.xtrim(stream, maxlen=_KEEP_AT_MOST, approximate=True)

    def _read(self, cursors: Mapping[str, str], count: int, block_ms: int | None) -> list[Event]:
        if not cursors:
            return []
        names = {keys.events(queue): queue for queue in cursors}
        answer = self._client.xreadgroup(
            GROUP,
            CONSUMER,
            {stream: cursors[queue] for stream, queue in names.items()},
            count=count,
            block=block_ms,
        )
        found = answer.items() if isinstance(answer, dict) else answer or []
        return [
            event for stream, entries in found for event in self._parsed(names[str(stream)], _flat(entries))
        ]

    def _parsed(self, queue: str, entries: Sequence[tuple[str, Any]]) -> list[Event]:
        events = []
        for cursor, fields in entries:
            try:
                events.append(parse(queue, cursor, fields or {"e": "trimmed"}))
            except MalformedEvent as error:
                logger.error("skipped an entry of the log: %s", error)  # noqa: TRY400 -- its cause is in the message
                events.append(Event(queue, cursor, "malformed"))
        return events


def _flat(entries: Any) -> Any:
    """RESP3 wraps each stream's entries once more than RESP2."""
    return (
        entries[0]
        if entries
        and isinstance(entries[0], list)
        and entries[0]
        and isinstance(entries[0][0], (list, tuple))
        else entries
    )


def _order(cursor: str) -> tuple[int, int]:
    milliseconds, _, sequence = cursor.partition("-")
    return int(milliseconds), int(sequence or 0)
