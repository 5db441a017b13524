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
    """SIGKILL after the step that a file in EVM_KILLS names, once: `worker` in it means the whole worker."""
    wanted = Path(os.environ["EVM_KILLS"]) / f"{subject.replace(':', '-')}.{step}"
    if not wanted.exists():
        return
    whole = wanted.read_text() == "worker"
    wanted.unlink()
    os.kill(os.getpgrp() * -1 if whole else os.getpid(), signal.SIGKILL)
