"""Real dispatchers and workers for tests, each a process of its own that can be killed."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

from django.conf import settings
from django.db import connection

from jobs.fence.connection import REDIS_ERRORS, client
from jobs.fence.roll import call_roll
from jobs.supervisor.readiness import answers_ok
from tests.waiting import wait_until

ROOT = Path(__file__).resolve().parent.parent
POINTS = "tests.jobs.faults.points"


class Process:
    """A child process in a group of its own; its output goes to a file."""

    def __init__(
        self, name: str, command: list[str], folder: Path, project: Path = ROOT, **environment: str
    ) -> None:
        self.name = name
        self.log = folder / f"{name}.log"
        with self.log.open("ab") as output:
            self.popen = subprocess.Popen(
                command,
                cwd=project,
                env=os.environ | addresses() | environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """The process's id."""
        return self.popen.pid

    def children(self) -> list[int]:
        """Ids of its direct children (a worker's pool)."""
        listed = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(self.pid)], capture_output=True, text=True, check=False
        )
        return [int(pid) for pid in listed.stdout.split()]

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the process alone."""
        os.kill(self.pid, number)

    def kill_group(self) -> None:
        """SIGKILL to the process and all its children."""
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        finally:
            self.popen.wait(timeout=10)

    def stop(self) -> int:
        """SIGTERM, and wait for the end; SIGKILL when it takes too long."""
        if self.popen.poll() is None:
            self.popen.terminate()
        try:
            self.popen.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.kill_group()
        return int(self.popen.returncode)


class Platform:
    """The processes of one test."""

    def __init__(self, folder: Path, project: Path = ROOT, **environment: str) -> None:
        self._folder, self._project, self._environment = folder, project, environment
        self._started: list[Process] = []

    def dispatcher(self, name: str = "dispatcher", points: Path | None = None, **environment: str) -> Process:
        """A dispatcher; one that dies at `points` is told which by `tests.jobs.faults.points`."""
        if points is not None:
            return self.python(name, POINTS, "manage", "dispatcher", FAULT_POINTS=str(points), **environment)
        return self._start(name, [sys.executable, "manage.py", "dispatcher"], **environment)

    def worker(
        self,
        name: str = "w1",
        queues: str = "quick,fixed,default",
        slots: int = 2,
        *options: str,
        points: Path | None = None,
        **environment: str,
    ) -> Process:
        """A Celery worker, which may die at `points` as a dispatcher may; returns when it has announced itself."""
        program = ["celery"] if points is None else [POINTS, "celery"]
        if points is not None:
            environment["FAULT_POINTS"] = str(points)
        command = [sys.executable, "-m", *program, "-A", "config", "worker", "-Q", queues, "-c", str(slots)]
        command += ["-n", f"{name}@test", "-l", "INFO", "--without-gossip", "--without-mingle", *options]
        process = self._start(name, command, **environment)
        wait_until(lambda: _announced(name), 60, f"the worker {name}")
        return process

    def celery(self, name: str, application: str, slots: int = 4) -> Process:
        """A worker of another Celery application (no Django), with its default queue; returns when it is ready."""
        command = [
            sys.executable,
            "-m",
            "celery",
            "-A",
            application,
            "worker",
            "-c",
            str(slots),
            "-l",
            "INFO",
        ]
        process = self._start(name, [*command, "-n", f"{name}@test"], DJANGO_SETTINGS_MODULE="")
        wait_until(lambda: " ready." in process.log.read_text(errors="replace"), 60, f"the worker {name}")
        return process

    def beat(self, name: str = "beat") -> Process:
        """A Celery beat."""
        command = [sys.executable, "-m", "celery", "-A", "config", "beat", "-l", "INFO", "--pidfile="]
        return self._start(name, command)

    def web(self, name: str = "web", address: str = "") -> str:
        """A web server; answers with its host and port when it is ready."""
        address = address or f"127.0.0.1:{_free_port()}"
        host, port = address.split(":")
        command = [sys.executable, "-m", "uvicorn", "config.asgi:application", "--host", host, "--port", port]
        self._start(name, [*command, "--log-level", "warning"])
        wait_until(lambda: answers_ok(host, int(port), "/healthz"), 30, "the web server")
        return address

    def python(self, name: str, module: str, *arguments: str, **environment: str) -> Process:
        """A Python module as a program."""
        return self._start(name, [sys.executable, "-m", module, *arguments], **environment)

    def command(self, name: str, command: list[str]) -> Process:
        """Any program."""
        return self._start(name, command)

    def kill(self, name: str) -> None:
        """SIGKILL to one of the processes and its children."""
        next(process for process in self._started if process.name == name).kill_group()

    def stop(self) -> None:
        """Stop everything that was started."""
        for process in self._started:
            process.kill_group()

    def logs(self) -> str:
        """The end of every process's output, for the message of a failed test."""
        return "\n".join(f"--- {p.name}\n{p.log.read_text(errors='replace')[-3000:]}" for p in self._started)

    def _start(self, name: str, command: list[str], **environment: str) -> Process:
        process = Process(name, command, self._folder, self._project, **self._environment | environment)
        self._started.append(process)
        return process


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _announced(name: str) -> bool:
    try:
        return any(worker.startswith(f"{name}@") for worker in call_roll(client()).live)
    except REDIS_ERRORS:
        return False


def addresses() -> dict[str, str]:
    """The test database's address: pytest-django made one beside the configured one."""
    values = connection.settings_dict
    user = values["USER"] + (f":{values['PASSWORD']}" if values["PASSWORD"] else "")
    return {
        "DATABASE_URL": f"postgres://{user}@{values['HOST']}:{values['PORT']}/{values['NAME']}",
        "REDIS_URL": settings.REDIS_URL,
        "DJANGO_SETTINGS_MODULE": "config.settings.testing",
        "PYTHONUNBUFFERED": "1",
    }
