"""Progress and log lines of the running job, for its page and its row."""

import time
from typing import Any

from jobs.worker import claims, context
from jobs.worker.cancelling import stop_once

_EVERY = 0.1  # seconds between two progress events of a job; the last one is always told


def progress(fraction: float | None, message: str = "", **detail: Any) -> None:
    """Tell how far the job is: `fraction` from 0 to 1 (None when unknown) and a line for people.

    More often than ten times a second is quietly thinned out. Outside a worker it does nothing. Raises
    Cancelled, once, when somebody asked to cancel the job.
    """
    run = context.current()
    if run is None:
        return
    now = time.monotonic()
    if now - run.last_progress < _EVERY and fraction not in {None, 0, 1}:
        return
    run.last_progress = now
    bounded = None if fraction is None else min(1.0, max(0.0, float(fraction)))
    claims.note(run, "progress", {"fraction": bounded, "detail": {"message": message, **detail}})
    stop_once(run)


def log(message: str, level: str = "info", **detail: Any) -> None:
    """Add a line to the job's log. Outside a worker it does nothing. Raises Cancelled as `progress` does."""
    run = context.current()
    if run is not None:
        claims.note(run, "log", {"message": message, "level": level, "detail": detail})
        stop_once(run)
