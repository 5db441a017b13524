"""One process of the Procfile: started, watched, started again, ended."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from jobs.supervisor.backoff import Backoff
from jobs.supervisor.output import Output
from jobs.supervisor.procfile import ProcessLine


class Child:
    """Runs in a session of its own, so that Ctrl-C reaches only the supervisor, which ends it in order."""

    def __init__(
        self, line: ProcessLine, *, folder: Path, environ: Mapping[str, str], output: Output
    ) -> None:
        self.line = line
        self._folder = folder
        self._environ = environ
        self._output = output
        self._process: subprocess.Popen[bytes] | None = None
        self._backoff = Backoff()
        self._started = 0.0
        self._due = 0.0

    @property
    def pid(self) -> int | None:
        """The process id, None when it is not running."""
        return self._process.pid if self._process else None

    def look_after(self, now: float) -> bool:
        """Start it when it is due, notice when it has died. Returns whether it was started just now."""
        if self._process is None:
            return now >= self._due and self._start(now)
        status = self._process.poll()
        if status is not None:
            self._died(how_it_ended(status), now)
        return False

    def ask_to_end(self) -> None:
        """SIGTERM to the process itself: a Celery worker then finishes what it runs."""
        if self._process:
            self._process.terminate()

    def has_ended(self) -> bool:
        """Whether nothing of it runs any more."""
        return self._process is None or self._process.poll() is not None

    def kill(self) -> None:
        """SIGKILL to it and everything it started."""
        if self._process:
            kill_group(self._process.pid)
            self._process.wait()
            self._process = None

    def _start(self, now: float) -> bool:
        try:
            self._process = subprocess.Popen(  # noqa: S603 -- the commands of our own Procfile
                self.line.words,
                cwd=self._folder,
                env=dict(self._environ),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as error:
            self._died(f"cannot start: {error}", now)
            return False
        self._started = now
        if self._process.stdout:
            self._output.follow(self.line.name, self._process.stdout)
        return True

    def _died(self, how: str, now: float) -> None:
        if self._process:
            kill_group(self._process.pid)  # pool children must not outlive their parent
        self._process = None
        self._backoff = self._backoff.after(lived=now - self._started if self._started else 0.0)
        self._due = now + self._backoff.delay
        self._output.say(f"{self.line.name} {how}; starting it again in {self._backoff.delay:g} s")


def kill_group(pid: int) -> None:
    """SIGKILL to the process group `pid` leads; nothing happens when it is gone."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def how_it_ended(status: int) -> str:
    """`subprocess`'s return code in words."""
    if status < 0:
        return f"was ended by {signal.Signals(-status).name}"
    return f"ended with status {status}"


def end_all(children: list[Child], seconds: float, *, hurry: Callable[[], bool]) -> list[str]:
    """Ask all to end, wait `seconds` at most or until `hurry()`, kill the rest. Returns who was killed."""
    for child in children:
        child.ask_to_end()
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not all(child.has_ended() for child in children):
        if hurry():
            break
        time.sleep(0.05)
    late = [child.line.name for child in children if not child.has_ended()]
    for child in children:
        child.kill()
    return late
