"""Reading the event logs without taking part in the fold, from asyncio."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import redis.asyncio
from django.conf import settings

from jobs.dispatcher.log import GROUP
from jobs.fence import keys
from jobs.fence.events import Event, MalformedEvent, parse
from jobs.socket.cursors import START, Cursor, Extent

_PAGE = 500  # entries read at once


@dataclass(frozen=True)
class Standing:
    """A log at one moment: up to where it is folded into the rows, and what it holds."""

    folded: Cursor = START
    extent: Extent = field(default_factory=Extent)


def connect() -> redis.asyncio.Redis:
    """A client of its own, for one event loop."""
    return redis.asyncio.Redis.from_url(
        settings.REDIS_URL, decode_responses=True, socket_connect_timeout=2.0, socket_timeout=5.0
    )


async def standings(client: redis.asyncio.Redis, queues: Sequence[str]) -> dict[str, Standing]:
    """How the logs of these queues stand; a log that does not exist is an empty one."""
    pipeline = client.pipeline(transaction=False)
    for queue in queues:
        pipeline.xinfo_stream(keys.events(queue))
        pipeline.xinfo_groups(keys.events(queue))
        pipeline.xpending(keys.events(queue), GROUP)
    answers = await pipeline.execute(raise_on_error=False)
    return {queue: _standing(*answers[3 * n : 3 * n + 3]) for n, queue in enumerate(queues)}


async def goes_on(client: redis.asyncio.Redis, queue: str, after: Cursor) -> bool:
    """Whether what comes next in the log is what came next: it was not emptied and begun anew meanwhile."""
    if await client.xrange(keys.events(queue), str(after), str(after), count=1):
        return True
    return not (await standings(client, [queue]))[queue].extent.lost_after(after)


async def read(
    client: redis.asyncio.Redis, queue: str, after: Cursor, upto: Cursor
) -> AsyncIterator[list[Event]]:
    """The entries in (after, upto], in pages."""
    while after < upto:
        entries = await client.xrange(keys.events(queue), f"({after}", str(upto), count=_PAGE)
        if not entries:
            return
        after = Cursor.parse(str(entries[-1][0]))
        yield [event for cursor, fields in entries if (event := _parsed(queue, str(cursor), fields))]


def _parsed(queue: str, cursor: str, fields: Any) -> Event | None:
    try:
        return parse(queue, cursor, fields)
    except MalformedEvent:  # the dispatcher reports it
        return None


def _standing(stream: Any, groups: Any, pending: Any) -> Standing:
    for answer in (stream, groups, pending):
        if isinstance(answer, redis.ResponseError):
            if "no such key" in str(answer) or "NOGROUP" in str(answer):
                return Standing()
            raise answer
        if isinstance(answer, Exception):
            raise answer
    return Standing(_folded(groups, pending), _extent(stream))


def _folded(groups: Any, pending: Any) -> Cursor:
    """Asked in this order, what the group was given and has no more pending is folded."""
    delivered = next((Cursor.parse(g["last-delivered-id"]) for g in groups if g["name"] == GROUP), START)
    oldest = pending["min"]
    return min(delivered, Cursor.parse(oldest).before()) if oldest else delivered


def _extent(stream: Any) -> Extent:
    first = stream["first-entry"]
    return Extent(
        first=Cursor.parse(first[0]) if first else None,
        newest=Cursor.parse(stream["last-generated-id"]),
        added=int(stream.get("entries-added", stream["length"])),
        length=int(stream["length"]),
    )
