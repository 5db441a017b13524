"""The job of a chaos run; the settings import this module when `JOBS_CHAOS` is set."""

import os
import signal
import time
from typing import Any

from celery import shared_task

from jobs.chaos import marks
from jobs.chaos.queues import WORK
from jobs.worker import context


class ChaosError(Exception):
    """It fails on purpose."""


@shared_task(bind=True, name=WORK)
def work(
    self: Any, *, key: str = "", seconds: float = 0.0, fails: int = 0, deadly: bool = False
) -> dict[str, Any]:
    """Leave a mark, take some time; fail the first `fails` attempts, or kill the process."""
    run = context.current()
    number = run.lease.run if run else 0
    execution = marks.began(self.request.id, number)
    if deadly:
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(seconds)
    if self.request.retries < fails:
        raise ChaosError(f"failure {self.request.retries + 1} of {fails}")
    marks.ended(execution)
    return {"key": key, "run": number}
