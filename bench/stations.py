"""A discrete-event simulation: processes are generators that wait for seconds, for a station, or for a bell."""

import heapq
from collections import deque
from collections.abc import Generator
from typing import Any

Process = Generator[Any, None, Any]  # yields seconds, a Station or a Bell


class Station:
    """Some servers and one queue before them, first come, first served."""

    def __init__(self, world: "World", servers: int) -> None:
        self.servers = servers
        self.busy = 0
        self._worked = 0.0  # seconds of all servers together, up to `_since`
        self._since = 0.0
        self._world = world
        self._waiting: deque[Process] = deque()

    def enter(self, process: Process) -> bool:
        """Whether a server is free; else the process is resumed when it is its turn."""
        if self.busy == self.servers:
            self._waiting.append(process)
            return False
        self._count()
        self.busy += 1
        return True

    def leave(self) -> None:
        """The server is free for the next one."""
        if self._waiting:
            self._world.resume_at(self._world.now, self._waiting.popleft())
            return
        self._count()
        self.busy -= 1

    def worked(self) -> float:
        """Seconds that its servers were busy so far, all together."""
        self._count()
        return self._worked

    def _count(self) -> None:
        self._worked += self.busy * (self._world.now - self._since)
        self._since = self._world.now


class Bell:
    """Wakes the one process that waits for it, at once when it was rung before."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._rung = False
        self._listener: Process | None = None

    def ring(self) -> None:
        """Wake it, or let it not fall asleep."""
        if self._listener is None:
            self._rung = True
            return
        self._world.resume_at(self._world.now, self._listener)
        self._listener = None

    def listen(self, process: Process) -> bool:
        """Whether it was rung already."""
        if self._rung:
            self._rung = False
            return True
        self._listener = process
        return False


class World:
    """The clock, and what comes when."""

    def __init__(self) -> None:
        self.now = 0.0
        self._number = 0
        self._events: list[tuple[float, int, Process]] = []

    def start(self, process: Process) -> None:
        """Let a process begin now."""
        self.resume_at(self.now, process)

    def resume_at(self, moment: float, process: Process) -> None:
        """Let it go on then; what is due at one moment goes in the order in which it was asked for."""
        self._number += 1
        heapq.heappush(self._events, (moment, self._number, process))

    def run(self, until: float) -> None:
        """Up to a moment, or until nothing is left to come."""
        while self._events and self._events[0][0] <= until:
            self.now, _, process = heapq.heappop(self._events)
            self._resume(process)
        if self._events:
            self.now = until

    def _resume(self, process: Process) -> None:
        for wish in process:
            if isinstance(wish, Station):
                if wish.enter(process):
                    continue
            elif isinstance(wish, Bell):
                if wish.listen(process):
                    continue
            elif wish > 0:
                self.resume_at(self.now + wish, process)
            else:
                continue
            return


def served(station: Station, seconds: float) -> Process:
    """Wait for the station's turn, and be served so long."""
    if seconds > 0:
        yield station
        yield seconds
        station.leave()
