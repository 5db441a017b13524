"""The processes of a run: dispatchers, workers and beats that come back when something ends them."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

from jobs.chaos.queues import QUEUES


class Member:
    """One process in a group of its own; `start` begins it anew."""

    def __init__(self, name: str, command: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
        self.name = name
        self._command = list(command)
        self._environment = dict(environment)
        self._log = log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Begin it, unless it runs."""
        if self.runs():
            return
        with self._log.open("ab") as output:
            self.process = subprocess.Popen(  # noqa: S603 -- the run's own commands
                self._command, env=os.environ | self._environment, stdin=subprocess.DEVNULL, stdout=output,
                stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip

    def runs(self) -> bool:
        """Whether it has begun and not ended."""
        return self.process is not None and self.process.poll() is None

    def signal_group(self, number: signal.Signals) -> None:
        """To it and to all its children."""
        if self.process is not None:
            try:
                os.killpg(self.process.pid, number)
            except ProcessLookupError:
                return

    def signal(self, number: signal.Signals) -> None:
        """To it alone."""
        if self.process is not None and self.runs():
            os.kill(self.process.pid, number)

    def children(self) -> list[int]:
        """Ids of its child processes."""
        try:
            return (
                [child.pid for child in psutil.Process(self.process.pid).children()] if self.process else []
            )
        except psutil.NoSuchProcess:
            return []


class Crew:
    """All of them. A thread starts again what has ended, as a supervisor would."""

    def __init__(
        self,
        workers: Sequence[Member],
        dispatchers: Sequence[Member] = (),
        beats: Sequence[Member] = (),
        web: Sequence[Member] = (),
    ) -> None:
        self.workers, self.dispatchers, self.beats, self.web = workers, dispatchers, beats, web
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="crew", daemon=True)

    @property
    def members(self) -> list[Member]:
        """Everybody."""
        return [*self.dispatchers, *self.workers, *self.beats, *self.web]

    def start(self) -> None:
        """Begin all of them."""
        self._thread.start()

    def stop(self) -> None:
        """End all of them at once: what they leave undone is no part of the run."""
        self._stopping.set()
        self._thread.join()
        for member in self.members:
            member.signal_group(signal.SIGCONT)
            member.signal_group(signal.SIGKILL)

    def _keep(self) -> None:
        while not self._stopping.is_set():
            for member in self.members:
                if not member.runs():
                    member.signal_group(signal.SIGKILL)  # children that outlived it
                    member.start()
            self._stopping.wait(0.5)


def whole_platform(folder: Path, workers: int, lease: float, port: int, project: str = "") -> Crew:
    """Two dispatchers, two beats, the workers, and the web on this port; their logs go to `folder`.

    `project` is the package of the Celery and ASGI applications: that of the settings, unless it is given.
    """
    project = project or os.environ["DJANGO_SETTINGS_MODULE"].partition(".")[0]
    environment = {"JOBS_LEASE": str(lease), "PYTHONUNBUFFERED": "1"}
    manage = [sys.executable, "manage.py"]
    celery = [sys.executable, "-m", "celery", "-A", project]

    def member(name: str, command: Sequence[str]) -> Member:
        return Member(name, command, environment, folder / f"{name}.log")

    names = [f"worker-{number}" for number in range(1, workers + 1)]
    beat = [*celery, "beat", "-l", "WARNING", "--pidfile="]
    site = [sys.executable, "-m", "uvicorn", f"{project}.asgi:application"]
    return Crew(
        [member(name, [*celery, *_worker(name)]) for name in names],
        [member(name, [*manage, "dispatcher"]) for name in ("dispatcher-1", "dispatcher-2")],
        [member(name, beat) for name in ("beat-1", "beat-2")],
        [member("web", [*site, "--port", str(port), "--log-level", "warning"])],
    )


def _worker(name: str) -> list[str]:
    queues = ",".join(queue.name for queue in QUEUES)
    own = os.environ.get("JOBS_CHAOS_QUEUES")
    consumed = f"{queues},{own}" if own else queues
    return [
        "worker", "-n", f"{name}@chaos", "-c", "2", "-Q", consumed, "-l", "WARNING",
        "--without-gossip", "--without-mingle",
    ]  # fmt: skip
