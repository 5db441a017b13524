"""A run without a terminal: started, waited for, stopped from elsewhere."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from jobs.localservices.launcher import Launcher
from jobs.localservices.placement import prepare_state_dir
from jobs.supervisor.errors import SupervisorError
from jobs.supervisor.runfile import RunFile

START_SECONDS = 300.0  # migrations and demo data of the first start included
STOP_SECONDS = 60.0


def start(folder: Path, state_dir: Path) -> str:
    """Start a run in the background; its output, once it is ready. A failure carries the output, too."""
    prepare_state_dir(state_dir)
    runfile = RunFile(state_dir)
    runfile.refuse_if_running()
    with runfile.log.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "run"],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _await_ready(process, runfile)
    except BaseException:
        process.terminate()
        process.wait()
        raise
    process.returncode = 0  # it is left running on purpose
    return runfile.log.read_text(errors="replace")


def stop(state_dir: Path) -> bool:
    """Stop the run of this clone and whatever a killed one left behind. Returns whether there was any."""
    if not state_dir.exists():
        return False
    runfile = RunFile(state_dir)
    pid = runfile.running_pid()
    if pid is not None:
        _signal(pid, signal.SIGTERM)
        if not runfile.wait_until_stopped(STOP_SECONDS):
            _signal(pid, signal.SIGKILL)
            runfile.wait_until_stopped(STOP_SECONDS)
    abandoned = runfile.kill_orphans()
    if abandoned:
        Launcher(state_dir).down()
    return pid is not None or abandoned


def _await_ready(process: "subprocess.Popen[bytes]", runfile: RunFile) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        ready = runfile.ready()
        if ready is not None and ready.pid == process.pid:
            return
        if process.poll() is not None or time.monotonic() > deadline:
            raise SupervisorError(f"The start failed:\n{runfile.log.read_text(errors='replace')}")
        time.sleep(0.05)


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except PermissionError:
        raise SupervisorError(f"The run (process {pid}) belongs to another user.") from None
    except ProcessLookupError:
        return
