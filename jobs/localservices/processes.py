"""Server processes: started in a session of their own, known by their command line, ended in bounded time."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import psutil

from jobs.localservices.accounts import Account, identity
from jobs.localservices.errors import LocalServiceError

POLL = 0.02  # seconds between two looks
_TAIL_LINES = 12
_children: dict[int, subprocess.Popen[bytes]] = {}


def spawn(
    command: Sequence[str], *, log: Path, cwd: Path, account: Account | None = None, env: Mapping[str, str]
) -> int:
    """Start a server that outlives us and hears no Ctrl-C of our terminal. Returns its process id."""
    with log.open("ab") as sink:
        try:
            child = subprocess.Popen(  # noqa: S603 -- programs that this package found itself
                command,
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
                cwd=cwd,
                env=dict(env),
                start_new_session=True,
                **identity(account),
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise LocalServiceError(f"Cannot start {command[0]}: {error}") from error
    _children[child.pid] = child
    return child.pid


def is_running(pid: int | None, marker: str) -> bool:
    """Whether process `pid` lives and names `marker` on its command line (ids are reused, names are not)."""
    if pid is None:
        return False
    if pid in _children:
        return _child_is_running(pid)
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return bool(process.num_threads() > 1)  # the other threads still hold its port
        return any(marker in word for word in process.cmdline())
    except psutil.Error:
        return False


def end(pid: int, marker: str, *, how: signal.Signals, seconds: float) -> None:
    """Send `how`, and SIGKILL if the process is still there after `seconds`. Returns when it is gone."""
    for signal_number, patience in ((how, seconds), (signal.SIGKILL, 10.0)):
        if not is_running(pid, marker):
            return
        try:
            os.kill(pid, signal_number)
        except PermissionError as error:
            raise LocalServiceError(f"Process {pid} belongs to another user: it cannot be stopped") from error
        except ProcessLookupError:
            return
        if wait_until(lambda: not is_running(pid, marker), patience):
            return
    raise LocalServiceError(f"Process {pid} does not end, even after SIGKILL")


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Whether `condition` came true within `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() >= deadline:
            return False
        time.sleep(POLL)
    return True


def tail(log: Path, since: int = 0) -> str:
    """The last lines of `log` that were written after byte `since`."""
    try:
        written = log.read_bytes()[since:].decode(errors="replace")
    except OSError:
        return ""
    return "\n".join(written.splitlines()[-_TAIL_LINES:])


def _child_is_running(pid: int) -> bool:
    """A child that is reaped has let go of its port, too."""
    if _children[pid].poll() is None:
        return True
    del _children[pid]
    return False
