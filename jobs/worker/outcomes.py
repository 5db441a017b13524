"""How a run ends: the outcome as an event, written while the lease is ours."""

import logging
import time
import traceback as tracebacks
from typing import Any

from celery.exceptions import Ignore

from jobs import celery_json
from jobs.configuration import INLINE_RESULT_LIMIT
from jobs.errors import Permanent
from jobs.fence import leases
from jobs.fence.connection import REDIS_ERRORS, client
from jobs.retry import Again, GiveUp
from jobs.worker.concealment import redact
from jobs.worker.context import Run
from jobs.worker.event_json import event_json
from jobs.worker.results import StoredElsewhere, plain

logger = logging.getLogger(__name__)

_PATIENCE = 300.0  # seconds for which an outcome that cannot be written is tried again
_TEXT_LIMIT = 20_000  # characters of an error message or traceback that are kept


class ResultRefused(Permanent):
    """The result cannot be written as JSON."""


def encode_result(value: Any) -> str:
    """A result as Celery's JSON. ResultRefused when it is none."""
    try:
        return celery_json.dumps(plain(value))
    except (TypeError, ValueError, RecursionError) as error:
        raise ResultRefused(f"the result cannot be written as JSON: {error}") from error


def completed(run: Run, result: str | None) -> bool:
    """End the run well. A result too large for the log is stored first and referred to."""
    if result is not None and len(result) > INLINE_RESULT_LIMIT:
        StoredElsewhere(run.lease.uid, run.task.name).write(result)
        return _finish(run, "completed", {"stored": True})
    return _finish(run, "completed", {} if result is None else {"result": result})


def again(run: Run, error: BaseException | None, decision: Again, trace: str = "") -> bool:
    """End the run; the job is to run again."""
    data: dict[str, Any] = {"delay": decision.delay, "counts": decision.counts, "reason": decision.reason}
    if run.retry_args is not None:
        data["args"], data["kwargs"] = run.retry_args
    return _finish(run, "retried" if decision.counts else "snoozed", data | _error(error, trace))


def failed(run: Run, error: BaseException, decision: GiveUp, trace: str, result: str | None = None) -> bool:
    """End the run and the job."""
    data = {"retryable": decision.retryable, "reason": decision.reason, "place": _place(error)}
    if result is not None:
        data["result"] = result
    return _finish(run, "failed", data | _error(error, trace))


def _finish(run: Run, event: str, data: dict[str, Any]) -> bool:
    """Write the outcome, for as long as the lease may still be ours."""
    if run.secrets and event != "completed":  # what a body gives back is its author's choice
        data = redact(data, run.secrets)
    text = event_json(data)
    give_up_at = time.monotonic() + _PATIENCE
    pause = 0.05
    while True:
        try:
            kept = leases.finish(client(), run.lease, event, text)
            break
        except REDIS_ERRORS as error:
            if time.monotonic() > give_up_at:
                logger.exception("gave up writing the outcome of %s", run.lease.uid)
                return False
            logger.warning("outcome of %s not written yet: %s", run.lease.uid, error)
            time.sleep(pause)
            pause = min(pause * 2, 1.0)
    run.finished = True
    if not kept:
        logger.warning("%s: outcome %r dropped, the lease was lost (fenced)", run.lease.uid, event)
    return kept


def _error(error: BaseException | None, trace: str) -> dict[str, str]:
    if error is None:
        return {}
    name = type(error).__name__
    return {"type": name, "error": _short(str(error) or name), "traceback": _short(trace)}


def _short(text: str) -> str:
    if len(text) <= _TEXT_LIMIT:
        return text
    half = _TEXT_LIMIT // 2
    return f"{text[:half]}\n... {len(text) - _TEXT_LIMIT:,} characters left out ...\n{text[-half:]}"


def _place(error: BaseException) -> str:
    """Where the error was raised: file and function, which survive edits elsewhere in the file."""
    frames = tracebacks.extract_tb(error.__traceback__)
    return f"{frames[-1].filename.rpartition('/')[2]}:{frames[-1].name}" if frames else ""


class NotClaimed(Ignore):
    """The message is stale or a duplicate: it is dropped without a trace in the job."""
