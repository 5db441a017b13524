"""Stands where a browser is: follows the run's queues over a real WebSocket, is cut off, and comes back."""

import json
import random
import threading
import time
from collections.abc import Sequence
from typing import Any

from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from jobs.chaos.history import History
from jobs.socket.cursors import Cursor

_ENDS = {"job.completed", "job.failed", "job.cancelled"}


class Watcher:
    """`stop` writes down, per queue, what it saw and what was wrong with it."""

    def __init__(self, address: str, token: str, queues: Sequence[str], seed: int, history: History) -> None:
        self._address = address
        self._token = token
        self._queues = list(queues)
        self._rng = random.Random(seed)  # noqa: S311 -- when to be cut off
        self._history = history
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watcher", daemon=True)
        self._after: dict[str, str] = {}
        self._faults: dict[str, str] = {}
        self._events = dict.fromkeys(queues, 0)
        self._gaps = dict.fromkeys(queues, 0)
        self.resumed = 0
        self.ended: set[str] = set()
        self.watching = threading.Event()

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self, expected: dict[str, str]) -> None:
        """End, after up to 20 s for what is still to come; `expected` are ended jobs and their queues."""
        deadline = time.monotonic() + 20
        while self._missing(expected) and time.monotonic() < deadline:
            time.sleep(0.2)
        self._stopping.set()
        self._thread.join(30)
        for queue in self._queues:
            missing = [uid for uid in self._missing(expected) if expected[uid] == queue]
            fault = self._faults.get(queue, "")
            if missing and not self._gaps[queue]:
                fault = fault or f"{len(missing)} ends never seen, {missing[0]} among them"
            self._history.write(
                "seen",
                queue=queue,
                events=self._events[queue],
                gaps=self._gaps[queue],
                resumed=self.resumed,
                fault=fault,
            )
            self.resumed = 0

    def _missing(self, expected: dict[str, str]) -> list[str]:
        return [uid for uid in expected if uid not in self.ended]

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._follow()
            except (OSError, WebSocketException, TimeoutError):
                self._stopping.wait(0.3)
            self.resumed += 1

    def _follow(self) -> None:
        headers = {"Authorization": f"Bearer {self._token}"}
        cut_at = time.monotonic() + self._rng.uniform(2, 8)
        with connect(self._address, additional_headers=headers, open_timeout=5, max_size=None) as socket:
            wanted: dict[str, Any] = {"type": "subscribe", "id": "all", "queues": self._queues}
            socket.send(json.dumps(wanted | ({"after": self._after} if self._after else {})))
            while time.monotonic() < cut_at and not self._stopping.is_set():
                try:
                    self._take(json.loads(socket.recv(timeout=0.5)))
                except TimeoutError:
                    continue

    def _take(self, message: dict[str, Any]) -> None:
        queue, cursor, kind = message.get("queue", ""), message.get("cursor"), message["type"]
        if kind == "subscribed":
            for name, at in message["cursors"].items():
                self._after.setdefault(name, at)
            self.watching.set()
        elif kind == "gap":
            self._gaps[queue] += 1
            self._after.pop(queue, None)
        elif kind.startswith("job.") and cursor:
            self._events[queue] += 1
            before = self._after.get(queue)
            if before and Cursor.parse(cursor) < Cursor.parse(before):
                self._faults.setdefault(queue, f"{kind} at {cursor} came after {before}")
            self._after[queue] = cursor
            if kind in _ENDS:
                self.ended.add(message["jobId"])
