"""What a run writes down: a lock with its process id, its addresses, and the processes it started."""

import fcntl
import json
import os
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

import psutil

from jobs.supervisor.child import kill_group
from jobs.supervisor.errors import AlreadyRunning


@dataclass(frozen=True)
class Addresses:
    """Where a run can be reached; written to `run.json` when it is ready."""

    pid: int
    site: str
    flower: str
    sandbox: str


class RunFile:
    """`.millrace/run.pid` (locked while the run lasts), `run.json`, `run.children`."""

    def __init__(self, state_dir: Path) -> None:
        self._lock_path = state_dir / "run.pid"
        self._ready_path = state_dir / "run.json"
        self._children_path = state_dir / "run.children"
        self._lock: IO[str] | None = None
        self.log = state_dir / "run.log"

    def refuse_if_running(self) -> None:
        """Raise `AlreadyRunning` when there is a run of this clone."""
        if (pid := self.running_pid()) is not None:
            raise AlreadyRunning(pid)

    def acquire(self) -> None:
        """Become the run of this clone. Raises `AlreadyRunning`. The lock goes when the process goes."""
        self._lock_path.parent.mkdir(parents=True, exist_ok=True)
        lock = self._lock_path.open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise AlreadyRunning(self.recorded_pid()) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        self._lock = lock
        self._ready_path.unlink(missing_ok=True)

    def release(self) -> None:
        """Let the next run begin."""
        self._ready_path.unlink(missing_ok=True)
        self._children_path.unlink(missing_ok=True)
        if self._lock:
            self._lock.truncate(0)
            self._lock.close()
            self._lock = None

    def running_pid(self) -> int | None:
        """The process id of the run that holds the lock, None when there is none."""
        try:
            with self._lock_path.open() as lock:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except FileNotFoundError:
            return None
        except BlockingIOError:
            return self.recorded_pid()
        return None

    def recorded_pid(self) -> int | None:
        """The process id in the file, whether or not its run is still going."""
        try:
            return int(self._lock_path.read_text())
        except (OSError, ValueError):
            return None

    def write_ready(self, addresses: Addresses) -> None:
        """Tell others that the site answers, and where."""
        unfinished = self._ready_path.with_suffix(".unfinished")
        unfinished.write_text(json.dumps(asdict(addresses), indent=2) + "\n")
        unfinished.replace(self._ready_path)

    def ready(self) -> Addresses | None:
        """The addresses of the run, once it is ready."""
        try:
            return Addresses(**json.loads(self._ready_path.read_text()))
        except (OSError, ValueError, TypeError):
            return None

    def write_children(self, pids: Iterable[int]) -> None:
        """Remember what runs, for `kill_orphans` after a SIGKILL of the supervisor."""
        recorded = {str(pid): _birth(pid) for pid in pids}
        self._children_path.write_text(json.dumps(recorded))

    def kill_orphans(self) -> bool:
        """Kill what a supervisor that was itself killed left behind. Returns whether there was such a one."""
        try:
            recorded: dict[str, float] = json.loads(self._children_path.read_text())
        except (OSError, ValueError):
            return False
        alive = [int(pid) for pid, birth in recorded.items() if birth and _birth(int(pid)) == birth]
        for pid in alive:
            kill_group(pid)
        self._children_path.unlink()
        return True

    def wait_until_stopped(self, seconds: float) -> bool:
        """Whether the lock was let go within `seconds`."""
        deadline = time.monotonic() + seconds
        while self.running_pid() is not None:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        return True


def _birth(pid: int) -> float:
    """When the process began (ids are reused, id and birth together are not); 0 when there is none."""
    try:
        return float(psutil.Process(pid).create_time())
    except psutil.Error:
        return 0.0
