"""Reading the event log through its consumer group, and trimming what is folded and old."""

import logging
from collections.abc import Sequence
from typing import Any

import redis

from jobs.fence import keys, leases
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
        for queue in queues:
            try:
                self._client.xgroup_create(keys.events(queue), GROUP, id="0", mkstream=True)
            except redis.ResponseError as error:
                if "BUSYGROUP" not in str(error):
                    raise

    def read_pending(self, queue: str, count: int, after: str = "0") -> list[Event]:
        """Entries after a cursor that were read by a leader and never acknowledged."""
        return self._read([queue], count, None, after)

    def has_pending(self, queue: str) -> bool:
        """Whether a leader read entries that were never acknowledged."""
        return bool(self._client.xpending(keys.events(queue), GROUP)["pending"])

    def read(self, queues: Sequence[str], count: int, block_ms: int | None) -> list[Event]:
        """New entries of all queues, waiting up to `block_ms` for the first; None does not wait."""
        return self._read(queues, count, block_ms, ">")

    def acknowledge(self, events: Sequence[Event]) -> None:
        """Tell Redis that these are folded."""
        by_queue: dict[str, list[str]] = {}
        ended: dict[str, list[tuple[str, int]]] = {}
        for event in events:
            by_queue.setdefault(event.queue, []).append(event.cursor)
            if event.is_outcome:
                ended.setdefault(event.queue, []).append((event.uid, event.run))
        for queue, runs in ended.items():
            leases.settle(self._client, queue, runs)
        pipeline = self._client.pipeline(transaction=False)
        for queue, cursors in by_queue.items():
            pipeline.xack(keys.events(queue), GROUP, *cursors)
        pipeline.execute()

    def trim(self, queue: str, before_ms: int) -> None:
        """Drop entries that are folded and older than `before_ms` (Unix ms), or too many."""
        stream = keys.events(queue)
        group = next((g for g in self._client.xinfo_groups(stream) if g["name"] == GROUP), None)
        if group is None:
            return
        pending = self._client.xpending(stream, GROUP)
        oldest_unfolded = str(pending["min"] or group["last-delivered-id"])
        limit = min(f"{before_ms}-0", oldest_unfolded, key=_order)
        self._client.xtrim(stream, minid=limit, approximate=True)
        if self._client.xlen(stream) > 2 * _KEEP_AT_MOST and not pending["min"] and not group.get("lag"):
            self._client.xtrim(stream, maxlen=_KEEP_AT_MOST, approximate=True)

    def _read(self, queues: Sequence[str], count: int, block_ms: int | None, start: str) -> list[Event]:
        if not queues:
            return []
        names = {keys.events(queue): queue for queue in queues}
        answer = self._client.xreadgroup(
            GROUP, CONSUMER, dict.fromkeys(names, start), count=count, block=block_ms
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
