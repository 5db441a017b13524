"""The product's processes and the sandbox on free ports, for one measurement; all gone afterwards."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.environments import ROOT
from bench.services import FOLDER, this_project
from jobs.localservices.ports import ANY, choose

_READY = "sandbox ready at "
_STOPPING = 10  # seconds


@dataclass
class World:
    """What runs. Processes are told apart by a name of the measurement's choice."""

    folder: Path
    sandbox_url: str
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def dispatcher(self) -> None:
        """Start a dispatcher."""
        self._start("dispatcher", ["manage.py", "dispatcher"])

    def worker(self, name: str, queues: str, slots: int) -> subprocess.Popen[bytes]:
        """Start a worker."""
        quiet = ["-l", "WARNING", "--without-gossip", "--without-mingle"]
        command = [
            "-m",
            "celery",
            "-A",
            "config",
            "worker",
            "-n",
            f"{name}@%h",
            "-Q",
            queues,
            "-c",
            str(slots),
        ]
        return self._start(name, [*command, *quiet])

    def kill(self, name: str) -> None:
        """SIGKILL, to a worker's pool as well."""
        process = self.processes.pop(name)
        os.killpg(process.pid, 9)
        process.wait(_STOPPING)

    def stop(self) -> None:
        """End everything."""
        for name in list(self.processes):
            self.kill(name)

    def _start(self, name: str, command: Sequence[str]) -> subprocess.Popen[bytes]:
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *command], cwd=ROOT, stdout=log, stderr=log, start_new_session=True
            )
        self.processes[name] = process
        return process


@contextmanager
def world(sandbox_state: Path | None = None) -> Iterator[World]:
    """Services, migrations and the sandbox; Django is set up for them when the block begins."""
    port = choose(ANY)
    os.environ["SANDBOX_PORT"] = str(port)
    folder = FOLDER / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    with (
        this_project("bench.outside_settings") as launcher,
        _sandbox(port, sandbox_state or launcher.state_dir / "sandbox"),
    ):
        running = World(folder, f"http://127.0.0.1:{port}")
        try:
            yield running
        finally:
            running.stop()


@contextmanager
def _sandbox(port: int, state: Path) -> Iterator[None]:
    command = [sys.executable, "manage.py", "sandbox", "--port", str(port), "--state", str(state)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        if not any(line.startswith(_READY) for line in process.stdout):
            raise RuntimeError("the sandbox ended before it was ready")
        yield
    finally:
        process.kill()
        process.wait(_STOPPING)
        process.stdout.close()
