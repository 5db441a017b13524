"""The product's processes and the sandbox on free ports, for one measurement; all gone afterwards."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.environments import ROOT
from jobs.localservices.ports import ANY, choose
from jobs.localservices.throwaway import throwaway

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
def world(sandbox_state: Path | None = None, *sandbox_options: str) -> Iterator[World]:
    """Services, migrations and the sandbox; Django is set up for them when the block begins."""
    with throwaway(ROOT / ".millrace" / "bench") as launcher:
        addresses = launcher.up()
        folder = ROOT / ".millrace" / "bench" / "logs"
        folder.mkdir(parents=True, exist_ok=True)
        port = choose(ANY)
        os.environ |= {
            "DATABASE_URL": addresses.database_url,
            "REDIS_URL": addresses.redis_url,
            "SANDBOX_PORT": str(port),
            "DJANGO_SETTINGS_MODULE": "bench.outside_settings",
        }
        subprocess.run([sys.executable, "manage.py", "migrate", "-v", "0"], cwd=ROOT, check=True)
        import django

        django.setup()
        state = sandbox_state or launcher.state_dir / "sandbox"
        with _sandbox(port, state, sandbox_options):
            running = World(folder, f"http://127.0.0.1:{port}")
            try:
                yield running
            finally:
                running.stop()


@contextmanager
def _sandbox(port: int, state: Path, options: Sequence[str]) -> Iterator[None]:
    command = [sys.executable, "manage.py", "sandbox", "--port", str(port), "--state", str(state), *options]
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
