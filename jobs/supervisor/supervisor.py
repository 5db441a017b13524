"""Starts everything, keeps it alive, and ends it in order."""

import os
import sys
import time
from pathlib import Path
from typing import TextIO

from jobs.localservices.errors import LocalServiceError
from jobs.localservices.launcher import Launcher
from jobs.localservices.ports import LOOPBACK
from jobs.localservices.server import Server
from jobs.supervisor import procfile
from jobs.supervisor.addresses import Ports, choose_ports
from jobs.supervisor.child import Child, end_all
from jobs.supervisor.errors import NotReady
from jobs.supervisor.output import Output
from jobs.supervisor.plan import Plan
from jobs.supervisor.readiness import answers_ok
from jobs.supervisor.runfile import Addresses, RunFile
from jobs.supervisor.steps import run_steps
from jobs.supervisor.stopping import StopRequest

LOOK = 0.2  # seconds between two looks at the processes
LOOK_AT_SERVICES = 1.0


class Supervisor:
    """One run. `run` returns after a stop request, or raises when the site cannot be brought up."""

    def __init__(self, plan: Plan, sink: TextIO, stop: StopRequest) -> None:
        self._plan = plan
        self._stop = stop
        self._runfile = RunFile(plan.state_dir)
        self._runfile.refuse_if_running()
        self._launcher = Launcher(plan.state_dir, plan.environ)
        self._ports: Ports = choose_ports(plan.environ)
        self._environ = {**plan.environ, **self._ports.environ, "PYTHONUNBUFFERED": "1", "PATH": _path(plan)}
        lines = procfile.read(plan.procfile, self._environ)
        steps = (step[0] for step in plan.steps)
        self._output = Output(sink, [*(line.name for line in lines), *steps])
        self._children = [
            Child(line, folder=plan.folder, environ=self._environ, output=self._output) for line in lines
        ]
        self._services_due = 0.0
        self._ready = False

    def run(self) -> None:
        """Bring everything up and keep it up until the stop request."""
        self._runfile.acquire()
        ours = self._services_to_start()
        try:
            self._start(ours)
            run_steps(self._plan, self._environ, self._output, self._stop)
            self._await_ready()
            if not self._stop.requested:
                self._announce()
            while not self._stop.wait(LOOK):
                self._look_after()
        finally:
            self._end(ours)

    def _services_to_start(self) -> list[Server]:
        """PostgreSQL and Valkey, unless they run already; those started here are stopped at the end."""
        abandoned = self._runfile.kill_orphans()
        return [server for server in self._launcher.servers if abandoned or not server.is_running()]

    def _start(self, servers: list[Server]) -> None:
        if servers:
            self._output.say("starting " + ", ".join(server.name for server in servers))
        self._launcher.up()

    def _await_ready(self) -> None:
        deadline = time.monotonic() + self._plan.ready_seconds
        for variable, path in self._plan.ready:
            while not self._stop.requested:
                self._look_after()
                if answers_ok(LOOPBACK, self._ports.by_variable[variable], path):
                    break
                if time.monotonic() > deadline:
                    raise NotReady(self._ports.url(variable) + path, self._plan.ready_seconds)
                self._stop.wait(LOOK)
        self._ready = True

    def _awake(self) -> list[Child]:
        """The processes that are to run by now: a page that answers soon is worth more than all at once."""
        early = [child for child in self._children if child.line.name in self._plan.first]
        return self._children if self._ready or not early else early

    def _look_after(self) -> None:
        now = time.monotonic()
        if now >= self._services_due:
            self._services_due = now + LOOK_AT_SERVICES
            self._revive_services()
        started = [child for child in self._awake() if child.look_after(now)]
        if started:
            self._runfile.write_children(child.pid for child in self._children if child.pid)

    def _revive_services(self) -> None:
        gone = [server.name for server in self._launcher.servers if not server.is_running()]
        if not gone:
            return
        self._output.say(f"{', '.join(gone)} is gone; starting it again")
        try:
            self._launcher.up()
        except LocalServiceError as error:
            self._output.say(str(error))

    def _announce(self) -> None:
        site, sandbox = (self._ports.url(name) for name in ("PORT", "SANDBOX_PORT"))
        flower = f"{site}/flower"  # its own port wants a password that the site keeps
        self._runfile.write_ready(Addresses(os.getpid(), site, flower, sandbox))
        login = f"  login    {self._plan.login}\n" if self._plan.login else ""
        self._output.write(
            f"\nMillrace is ready.\n"
            f"  site     {site}/\n  admin    {site}/admin/\n  Flower   {flower}/\n  sandbox  {sandbox}/\n"
            f"{login}  Ctrl-C, or `make stop` elsewhere, stops all of it.\n\n"
        )

    def _end(self, ours: list[Server]) -> None:
        self._output.say("stopping")
        late = end_all(self._children, self._plan.stop_seconds, hurry=lambda: self._stop.hurried)
        if late:
            self._output.say("killed, for not ending in time: " + ", ".join(late))
        for server in reversed(ours):
            server.stop()
        self._output.say("stopped")
        self._runfile.release()


def _path(plan: Plan) -> str:
    """PATH with this Python's programs first: celery, uvicorn, python."""
    return os.pathsep.join([str(Path(sys.executable).parent), plan.environ.get("PATH", os.defpath)])
