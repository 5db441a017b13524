"""Stops a run right after a step; EVM_STEP_HOOK names these."""

import os
import signal
from pathlib import Path

ARMED: dict[str, int] = {}


class Stopped(BaseException):
    """The process ended here, as far as the code can tell."""


def raise_once(step: str, _subject: str) -> None:
    """Stop at each armed step, once."""
    if ARMED.get(step):
        ARMED[step] -= 1
        raise Stopped(step)


def kill_once(step: str, subject: str) -> None:
    """SIGKILL to this process at the step that the file for the subject names, once: the file is removed first."""
    folder = os.environ.get("EVM_KILLS")
    if folder is None:
        return
    wanted = Path(folder) / f"{subject.replace(':', '-')}.{step}"
    if wanted.exists():
        wanted.unlink()
        os.kill(os.getpid(), signal.SIGKILL)
