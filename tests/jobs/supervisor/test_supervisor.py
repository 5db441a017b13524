"""Real processes, really killed."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg
import pytest

from jobs.localservices.launcher import Launcher
from jobs.supervisor import background
from jobs.supervisor.errors import AlreadyRunning
from jobs.supervisor.runfile import Addresses, RunFile

ROOT = Path(__file__).resolve().parent.parent.parent.parent
WEB = """
import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""
OWN_SERVICES = ("DATABASE_URL", "REDIS_URL")


def eventually(condition: Callable[[], object], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.05)


def words(process: psutil.Process) -> list[str]:
    """Its command line; nothing when it has just ended."""
    try:
        return list(process.cmdline())
    except psutil.Error:
        return []


def lives(process: psutil.Process) -> bool:
    """Whether it runs; a zombie does not."""
    return bool(words(process)) and process.is_running()


@dataclass
class Run:
    folder: Path
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def file(self) -> RunFile:
        return RunFile(self.folder / "state")

    @property
    def output(self) -> str:
        return (self.folder / "output").read_text()

    def start(self, processes: str = "", stop_seconds: float = 10) -> Addresses:
        (self.folder / "web.py").write_text(WEB)
        (self.folder / "Procfile").write_text(f"web: python web.py $PORT\n{processes}")
        self.launch(stop_seconds)
        eventually(lambda: self.file.ready() or self.ended())
        ready = self.file.ready()
        assert ready is not None, self.output
        return ready

    def launch(self, stop_seconds: float = 10, **environ: str) -> None:
        inherited = {name: value for name, value in os.environ.items() if name not in OWN_SERVICES}
        with (self.folder / "output").open("ab") as output:
            self.process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "tests.jobs.supervisor.fixture_run",
                    str(self.folder),
                    str(stop_seconds),
                ],
                cwd=ROOT,
                env={**inherited, **environ},
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def children(self) -> list[psutil.Process]:
        """The Procfile's processes, as the supervisor recorded them; without the services."""
        recorded = json.loads((self.folder / "state" / "run.children").read_text())
        return [psutil.Process(int(pid)) for pid in recorded if psutil.pid_exists(int(pid))]

    def named(self, word: str) -> list[psutil.Process]:
        return [child for child in self.children() if word in words(child)]

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        assert self.process is not None
        self.process.send_signal(how)
        return self.process.wait(30)


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    run = Run(tmp_path)
    yield run
    if run.process and run.process.poll() is None:
        run.stop()
    run.file.kill_orphans()
    Launcher(tmp_path / "state", {}).remove()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_run_is_announced_when_it_is_ready_and_stops_whole(run: Run, how: signal.Signals) -> None:
    addresses = run.start("idle: sleep 1000\n")
    children = run.children()
    launcher = Launcher(run.folder / "state", {})

    status = run.stop(how)

    assert status == 0
    assert f"site     {addresses.site}/" in run.output
    assert "login    demo / demo" in run.output
    assert [lives(child) for child in children] == [False, False]
    assert [service.running for service in launcher.status()] == [False, False]
    assert run.file.running_pid() is None


def test_what_dies_is_started_again(run: Run) -> None:
    run.start("idle: sleep 1000\n")
    [idle], [web] = run.named("1000"), run.named("web.py")

    idle.kill()
    eventually(lambda: [again for again in run.named("1000") if again.pid != idle.pid])

    assert not lives(idle)
    assert run.named("web.py") == [web]
    assert "idle was ended by SIGKILL; starting it again in 0.5 s" in run.output


def test_what_fails_again_and_again_waits_longer_each_time(run: Run) -> None:
    run.start("broken: python -c 'raise SystemExit(3)'\nabsent: no-such-program\n")

    eventually(lambda: "broken ended with status 3; starting it again in 2 s" in run.output)

    assert "broken ended with status 3; starting it again in 0.5 s" in run.output
    assert "absent cannot start: [Errno " in run.output


def test_killed_services_come_back_on_the_same_ports(run: Run) -> None:
    run.start()
    launcher = Launcher(run.folder / "state", {})
    before = launcher.addresses()
    pids = [service.pid for service in launcher.status()]

    launcher.postgres.kill()
    launcher.valkey.kill()
    eventually(lambda: all(service.running for service in launcher.status()))
    eventually(launcher.postgres.answers)

    assert launcher.addresses() == before
    assert not {service.pid for service in launcher.status()} & set(pids)
    assert psycopg.connect(before.database_url).execute("SELECT 1").fetchone() == (1,)


def test_what_ignores_the_request_to_end_is_killed_with_all_it_started(run: Run) -> None:
    run.start("deaf: sh -c \"trap '' TERM; sleep 1001 & while :; do sleep 1; done\"\n", stop_seconds=0.5)
    eventually(
        lambda: [child for deaf in run.named("sh") for child in deaf.children() if "1001" in words(child)]
    )
    family = [process for deaf in run.named("sh") for process in [deaf, *deaf.children()]]

    run.stop()

    assert "killed, for not ending in time: deaf" in run.output
    eventually(lambda: not any(lives(process) for process in family))


def test_a_second_run_is_refused(run: Run) -> None:
    first = run.start()

    second = Run(run.folder)
    second.launch()
    eventually(second.ended)

    assert f"Millrace already runs here (process {first.pid}). Stop it with: make stop" in run.output
    assert not run.ended()
    with pytest.raises(AlreadyRunning):
        run.file.refuse_if_running()


def test_the_leftovers_of_a_killed_supervisor_are_cleared(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in OWN_SERVICES:
        monkeypatch.delenv(name)
    run.start("idle: sleep 1000\n")
    children = run.children()
    assert run.stop(signal.SIGKILL) == -signal.SIGKILL
    assert [lives(child) for child in children] == [True, True]

    assert background.stop(run.folder / "state") is True

    eventually(lambda: not any(lives(child) for child in children))
    assert [service.running for service in Launcher(run.folder / "state", {}).status()] == [False, False]
    assert background.stop(run.folder / "state") is False
