"""One hub per web process (and event loop): it hears what was folded and hands it to the followers.

Only what is folded into the rows is shown, so that a page that reloads upon a message finds the row
changed. When Redis or the database is away, the hub goes on from its positions once they are back.
"""

import asyncio
import contextlib
import json
import logging
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from channels.db import database_sync_to_async
from django.db import DatabaseError, InterfaceError
from django.utils import timezone

from jobs.configuration import queue_book
from jobs.fence import keys
from jobs.fence.connection import REDIS_ERRORS
from jobs.fence.events import Event
from jobs.queries.backlog import Backlog, backlogs
from jobs.queries.details import Facts, facts_of
from jobs.socket import log
from jobs.socket.cursors import Cursor
from jobs.socket.messages import Message, iso, needs_fresh_facts, of_event
from jobs.socket.register import Found, Register

logger = logging.getLogger(__name__)

_STATS_EVERY = 1.0  # seconds between two statistics of a queue that changes
_LOOK_EVERY = 5.0  # seconds between looks at the logs themselves: an announcement may be lost
_ASK_AGAIN = 0.1  # seconds for a task to end when it is cancelled
_FACTS_KEPT = 20_000
OUTAGES = (*REDIS_ERRORS, DatabaseError, InterfaceError, OSError)


class Hub:
    """See the module. It works for as long as somebody is `listening`."""

    def __init__(self) -> None:
        self.register = Register()
        self.positions: dict[str, Cursor] = {}
        self.ready = asyncio.Event()
        self._queues = queue_book().names
        self._ended: dict[str, set[asyncio.Event]] = defaultdict(set)
        self._changed: set[str] = set()
        self._facts: dict[str, Facts] = {}
        self._listeners = 0
        self._tasks: list[asyncio.Task[None]] = []
        self._changing = asyncio.Lock()  # the next tasks begin when the last ones have ended, and not before
        self.redis: Any = None

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator["Hub"]:
        """Keep the hub going inside the block."""
        self._listeners += 1
        try:
            async with self._changing:
                if any(task.cancelling() for task in self._tasks):
                    await self._stop()  # whoever began it was cut short
                if not self._tasks:
                    self.redis = log.connect()
                    self._tasks = [asyncio.create_task(self._run()), asyncio.create_task(self._tell_stats())]
            yield self
        finally:
            self._listeners -= 1
            async with self._changing:
                if self._listeners == 0 and self._tasks:
                    await self._stop()

    @contextlib.asynccontextmanager
    async def end_of(self, uid: str) -> AsyncIterator[asyncio.Event]:
        """An event that is set when the job's end is announced."""
        event = asyncio.Event()
        self._ended[uid].add(event)
        try:
            yield event
        finally:
            self._ended[uid].discard(event)
            if not self._ended[uid]:
                del self._ended[uid]

    async def facts(self, events: Sequence[Event]) -> dict[str, Facts]:
        """What messages about these events need to know; from memory where that cannot be outdated."""
        fresh = {event.uid for event in events if needs_fresh_facts(event)}
        uids = {event.uid for event in events if event.uid}
        missing = [uid for uid in uids if uid in fresh or uid not in self._facts]
        if missing:
            if len(self._facts) > _FACTS_KEPT:
                self._facts.clear()
            self._facts |= await database_sync_to_async(facts_of)(missing)
        return {uid: self._facts[uid] for uid in uids if uid in self._facts}

    async def _stop(self) -> None:
        self.ready.clear()
        running = set(self._tasks)
        while running:
            for task in running:
                task.cancel()  # again: wait_for in redis-py's sends loses one now and then (Python 3.11)
            _, running = await asyncio.wait(running, timeout=_ASK_AGAIN)
        self._tasks = []
        self.positions.clear()
        await self.redis.aclose()

    # -- hearing ---------------------------------------------------------------------------------------

    async def _run(self) -> None:
        pause = 0.1
        while True:
            try:
                await self._listen()
            except OUTAGES as error:
                logger.warning("live events wait %.1f s: %s", pause, error)
            except Exception:
                logger.exception("an error nobody foresaw; live events go on in %.1f s", pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, 1.0)

    async def _listen(self) -> None:
        async with self.redis.pubsub(ignore_subscribe_messages=True) as announcements:
            await announcements.psubscribe(keys.folded("*"))
            look_at = 0.0
            while True:
                if time.monotonic() >= look_at:
                    await self._look()
                    look_at = time.monotonic() + _LOOK_EVERY
                message = await announcements.get_message(timeout=1.0)
                if message is not None:
                    await self._hear(message)

    async def _look(self) -> None:
        """Catch up with the logs as they stand: at the start, after an outage, and now and then."""
        for queue, standing in (await log.standings(self.redis, self._queues)).items():
            position = self.positions.setdefault(queue, standing.folded)
            if standing.extent.lost_after(position) and position != standing.folded:
                self._send(self.register.everyone(queue), {"type": "gap", "queue": queue})
                self.positions[queue] = standing.folded
            await self._advance(queue, standing.folded)
        self.ready.set()

    async def _hear(self, message: Message) -> None:
        queue = str(message["channel"]).removeprefix(keys.folded(""))
        told = json.loads(message["data"])
        for uid in told["done"]:
            for event in self._ended.get(uid, ()):
                event.set()
        self._changed.add(queue)
        if told["upto"] and queue in self.positions:
            await self._advance(queue, Cursor.parse(told["upto"]))

    # -- telling ---------------------------------------------------------------------------------------

    async def _advance(self, queue: str, upto: Cursor) -> None:
        """Hand on what happened since the position. Between the last await and the new position nothing
        is awaited: a subscription that starts in between would miss or repeat events."""
        if not self.register.interested(queue):
            self.positions[queue] = max(self.positions[queue], upto)
            return
        if not await log.goes_on(self.redis, queue, self.positions[queue]):
            self._send(self.register.everyone(queue), {"type": "gap", "queue": queue})
        async for events in log.read(self.redis, queue, self.positions[queue], upto):
            wanted = [e for e in events if self.register.by_correlation or self.register.wants(queue, e.uid)]
            facts = await self.facts(wanted)
            self._deliver(events, facts)
            if events:
                self.positions[queue] = Cursor.parse(events[-1].cursor)
        self.positions[queue] = max(self.positions[queue], upto)

    def _deliver(self, events: Sequence[Event], facts: dict[str, Facts]) -> None:
        for event in events:
            known = facts.get(event.uid)
            found = self.register.find(event.queue, event.uid, known.correlation_id if known else "")
            if found:
                for message in of_event(event, known):
                    self._send(found, message)

    def _send(self, found: Found, message: Message) -> None:
        for follower, names in found.items():
            follower.deliver({**message, "subscriptions": names})

    async def _tell_stats(self) -> None:
        while True:
            await asyncio.sleep(_STATS_EVERY)
            followers = self.register.overview
            if not followers or not self._changed:
                continue
            changed, self._changed = sorted(self._changed), set()
            try:
                for message in await stats_messages(changed):
                    self._send(followers, message)
            except OUTAGES as error:
                self._changed |= set(changed)
                logger.warning("no statistics for the overview: %s", error)


async def stats_messages(queues: Sequence[str]) -> list[Message]:
    """`queue.stats` of each queue, as it is now."""
    found = await database_sync_to_async(backlogs)(list(queues))
    return [_stats(queue, backlog) for queue, backlog in found.items()]


def _stats(queue: str, backlog: Backlog) -> Message:
    counted = {
        "waiting": backlog.waiting,
        "delayed": backlog.delayed,
        "active": backlog.active,
        "dead": backlog.dead,
    }
    return {
        "type": "queue.stats",
        "queue": queue,
        "counts": {name: count.value for name, count in counted.items()},
        "oldestWaitingSeconds": backlog.oldest,
        "timestamp": iso(timezone.now()),
    }


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub() -> Hub:
    """The hub of the running event loop."""
    return _hubs.setdefault(asyncio.get_running_loop(), Hub())
