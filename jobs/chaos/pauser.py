"""Pauses a queue now and then, and writes down between which moments nothing may have started."""

import threading
import time

from django.db import DatabaseError, InterfaceError, connection

from jobs import control
from jobs.chaos.history import History
from jobs.chaos.queues import PAUSED
from jobs.errors import JobError

_BY = "chaos"


class Pauser:
    """A thread that pauses for two seconds in every six."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="pauser", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, with the queue open."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.wait(4.0):
            acknowledged = self._pause()
            self._stopping.wait(2.0)
            if acknowledged:
                self._history.write("paused", acknowledged=acknowledged, resumed=time.time())
            while not self._resume():
                time.sleep(0.5)
        connection.close()

    def _pause(self) -> float | None:
        try:
            control.pause(PAUSED, _BY)
            return time.time()
        except (JobError, DatabaseError, InterfaceError):
            connection.close()
            return None

    def _resume(self) -> bool:
        try:
            control.resume(PAUSED, _BY)
        except (JobError, DatabaseError, InterfaceError):
            connection.close()
            return False
        return True
