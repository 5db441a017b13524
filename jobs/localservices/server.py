"""What PostgreSQL and Valkey have in common: start until it answers, stop, kill for fault tests."""

import signal
import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import ClassVar

from jobs.localservices import ports
from jobs.localservices.errors import PortTaken, StartFailed
from jobs.localservices.processes import POLL, end, is_running, tail

START_SECONDS = 60.0
RECOVERY_SECONDS = 600.0  # for one that lives, and says that it reads its data again after a crash
STOP_SECONDS = 30.0
_PORT_ATTEMPTS = 3


class Server(ABC):
    """One server process on a loopback port, with its data in a folder of its own."""

    name: ClassVar[str]
    stop_signal: ClassVar[signal.Signals] = signal.SIGTERM
    # What the server says when a killed predecessor is not quite gone; a little later it will start.
    not_yet: ClassVar[tuple[str, ...]] = ()

    def __init__(self, state_dir: Path, port: int) -> None:
        self.state_dir = state_dir
        self.preferred_port = port
        self.log = state_dir / f"{self.name}.log"
        self.recovering = False  # as the last look at `answers` found it

    @property
    @abstractmethod
    def pid(self) -> int | None:
        """The process id that the server wrote down when it last started, alive or not."""

    @property
    def port(self) -> int:
        """Where the running server listens, or where it will listen if it can."""
        return (self.listening_port() if self.is_running() else None) or self.preferred_port

    @abstractmethod
    def listening_port(self) -> int | None:
        """The port that the server wrote down when it last started."""

    @property
    @abstractmethod
    def url(self) -> str:
        """The address for clients, password included."""

    @property
    @abstractmethod
    def marker(self) -> str:
        """What tells this server's command line from every other's."""

    @abstractmethod
    def prepare(self) -> None:
        """Whatever must exist before the server can start."""

    @abstractmethod
    def launch(self, port: int) -> int:
        """Start the process; returns its id without waiting."""

    @abstractmethod
    def answers(self) -> bool:
        """Whether a client can connect now; sets `recovering`."""

    def is_running(self) -> bool:
        """Whether the process lives (it may still be starting)."""
        return is_running(self.pid, self.marker)

    def start(self) -> None:
        """Return when the server answers; at once if it does. A busy port is exchanged."""
        if self.is_running():
            self._await_answer(self.pid or 0, since=self._log_size())
            self.preferred_port = self.port
            return
        self.prepare()
        for attempt in range(1, _PORT_ATTEMPTS + 1):
            try:
                self.preferred_port = ports.choose(self.preferred_port)
                self._start_on(self.preferred_port)
            except PortTaken:
                if attempt == _PORT_ATTEMPTS:
                    raise
            else:
                return

    def stop(self) -> None:
        """End the server in good order; nothing happens if it is not running."""
        if self.is_running():
            end(self.pid or 0, self.marker, how=self.stop_signal, seconds=STOP_SECONDS)

    def kill(self) -> None:
        """SIGKILL, as a fault; a `start` afterwards comes back on the same port with the same data."""
        if self.is_running():
            end(self.pid or 0, self.marker, how=signal.SIGKILL, seconds=STOP_SECONDS)

    def _start_on(self, port: int) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            since = self._log_size()
            pid = self.launch(port)
            try:
                self._await_answer(pid, since)
            except StartFailed as failure:
                retry = any(reason in failure.tail for reason in self.not_yet)
                if not retry or time.monotonic() > deadline:
                    raise
                time.sleep(0.2)
            else:
                return

    def _await_answer(self, pid: int, since: int) -> None:
        start = time.monotonic()
        while not self.answers():
            died = not is_running(pid, self.marker)
            patience = RECOVERY_SECONDS if self.recovering else START_SECONDS
            if died or time.monotonic() - start > patience:
                said = tail(self.log, since)
                kind = PortTaken if "Address already in use" in said else StartFailed
                raise kind(self.name, self.log, said)
            time.sleep(POLL if time.monotonic() - start < 1 else 10 * POLL)

    def _log_size(self) -> int:
        return self.log.stat().st_size if self.log.exists() else 0
