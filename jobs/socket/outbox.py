"""What is still to be sent to one socket: bounded, the latest progress wins, terminal events stay.

When a socket is too slow even for the messages that must not be dropped, it is closed: the client comes
back with its cursor and misses nothing.
"""

import asyncio
from collections import OrderedDict

from jobs.socket.messages import Message

_DROPPABLE = frozenset({"job.progress", "job.log", "queue.stats"})


class TooSlow(Exception):  # noqa: N818 -- says what it is
    """The client does not read what it must not miss."""


class Outbox:
    """A queue of messages; above `soft` droppable ones go, at `hard` it overflows."""

    def __init__(self, soft: int = 500, hard: int = 5000) -> None:
        self._soft, self._hard = soft, hard
        self._messages: OrderedDict[int, Message] = OrderedDict()
        self._latest: dict[tuple[str, str], int] = {}  # (type, job or queue) -> its newest droppable message
        self._number = 0
        self._filled = asyncio.Event()
        self._drained = asyncio.Event()
        self._drained.set()
        self.overflowed = False
        self._closed = False

    def close(self) -> None:
        """Nobody takes messages any more: they are dropped, and whoever waits for room need not."""
        self._closed = True
        self._messages.clear()
        self._drained.set()

    def __len__(self) -> int:
        return len(self._messages)

    def put(self, message: Message) -> None:
        """Add a message; never waits."""
        if self._closed:
            return
        if message["type"] in {"job.progress", "queue.stats"}:
            self._replace_older(message)
        self._number += 1
        self._messages[self._number] = message
        if len(self._messages) > self._soft:
            self._drained.clear()
            self._drop_one()
        self.overflowed = self.overflowed or len(self._messages) > self._hard
        self._filled.set()

    async def room(self) -> None:
        """Wait until there is room for messages that can wait (a replay)."""
        await self._drained.wait()

    async def take(self) -> Message:
        """The oldest message, waiting for one. TooSlow when the socket has to be closed."""
        while not self._messages and not self.overflowed:
            self._filled.clear()
            await self._filled.wait()
        if self.overflowed:
            raise TooSlow
        _, message = self._messages.popitem(last=False)
        if len(self._messages) <= self._soft // 2:
            self._drained.set()
        return message

    def _replace_older(self, message: Message) -> None:
        key = (message["type"], message.get("jobId") or message["queue"])
        older = self._messages.get(self._latest.get(key, 0))
        if older is not None and older.get("subscriptions") == message.get("subscriptions"):
            del self._messages[self._latest[key]]
        self._latest[key] = self._number + 1
        if len(self._latest) > 4 * self._soft:
            self._latest = {k: n for k, n in self._latest.items() if n in self._messages}

    def _drop_one(self) -> None:
        oldest = next((n for n, m in self._messages.items() if m["type"] in _DROPPABLE), None)
        if oldest is not None:
            del self._messages[oldest]
