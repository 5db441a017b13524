"""What is still to be sent to one socket: bounded, the latest progress wins, terminal events stay.

A client that keeps up gets everything. One that falls behind gets the latest progress of each job only,
then no log lines; when it is too slow even for what must not be dropped, it is closed, comes back with its
cursor and misses nothing.
"""

import asyncio

from jobs.socket.messages import Message

_LATEST_WINS = frozenset({"job.progress", "queue.stats"})
_DROPPABLE = _LATEST_WINS | {"job.log"}


class TooSlow(Exception):
    """The client does not read what it must not miss."""


class Outbox:
    """A queue of messages: from `behind` on progress is thinned out, from `full` on all that may be
    dropped is, and beyond `most` it overflows."""

    def __init__(self, behind: int = 100, full: int = 1000, most: int = 5000) -> None:
        self._behind, self._full, self._most = behind, full, most
        self._messages: dict[int, Message] = {}  # in order of their numbers
        self._latest: dict[tuple[str, ...], int] = {}  # what it is about -> the number of its newest message
        self._number = 0
        self._filled = asyncio.Event()
        self._calm = asyncio.Event()
        self._calm.set()
        self._overflowed = False
        self._closed = False

    def __len__(self) -> int:
        return len(self._messages)

    def close(self) -> None:
        """Nobody takes messages any more: they are dropped, and whoever waits for room need not."""
        self._closed = True
        self._messages.clear()
        self._calm.set()

    def put(self, message: Message) -> None:
        """Add a message; never waits."""
        if self._closed:
            return
        self._number += 1
        self._thin_out(message)
        self._messages[self._number] = message
        if len(self._messages) > self._behind:
            self._calm.clear()
        if len(self._messages) > self._full:
            self._drop_one()
        self._overflowed = self._overflowed or len(self._messages) > self._most
        self._filled.set()

    async def room(self) -> None:
        """Wait until the client has caught up: for messages that can wait, those of a replay."""
        await self._calm.wait()

    async def take(self) -> Message:
        """The oldest message, waiting for one. TooSlow when the socket has to be closed."""
        while not self._messages and not self._overflowed:
            self._filled.clear()
            await self._filled.wait()
        if self._overflowed:
            raise TooSlow
        message = self._messages.pop(next(iter(self._messages)))
        if len(self._messages) <= self._behind // 2:
            self._calm.set()
        return message

    def _thin_out(self, message: Message) -> None:
        if message["type"] not in _LATEST_WINS:
            return
        about = message.get("jobId") or message["queue"]
        key = (message["type"], about, *message.get("subscriptions", ()))
        if len(self._messages) > self._behind:
            self._messages.pop(self._latest.get(key, 0), None)
        elif len(self._latest) > self._full:
            self._latest.clear()
        self._latest[key] = self._number

    def _drop_one(self) -> None:
        oldest = next((n for n, m in self._messages.items() if m["type"] in _DROPPABLE), None)
        if oldest is not None:
            del self._messages[oldest]
