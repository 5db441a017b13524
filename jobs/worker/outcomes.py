"""How a run ends: the outcome as an event, written while the lease is ours."""

import logging
import time
import traceback as tracebacks
from collections.abc import Sequence
from typing import Any

from celery.exceptions import Ignore, Reject
from django.db import InterfaceError, OperationalError, connection

from jobs import celery_json
from jobs.configuration import INLINE_RESULT_LIMIT
from jobs.errors import Permanent, RateLimited, Snooze
from jobs.fence import leases
from jobs.fence.connection import REDIS_ERRORS, client
from jobs.logs import whose
from jobs.retry import Again, GiveUp, decide
from jobs.worker.concealment import redact
from jobs.worker.context import Run
from jobs.worker.event_json import event_json
from jobs.worker.outages import check_connections, is_away
from jobs.worker.patience import patiently
from jobs.worker.results import StoredElsewhere, plain

logger = logging.getLogger(__name__)

_PATIENCE = 300.0  # seconds for which an outcome that cannot be written is tried again
_REJECTED_FOR = 1.0  # seconds until a job that was rejected runs again
_TEXT_LIMIT = 20_000  # characters of an error message or traceback that are kept


class ResultRefused(Permanent):
    """The result cannot be written as JSON."""


def encode_result(value: Any) -> str:
    """A result as Celery's JSON. ResultRefused when it is none."""
    try:
        return celery_json.dumps(plain(value))
    except (TypeError, ValueError, RecursionError) as error:
        raise ResultRefused(f"the result cannot be written as JSON: {error}") from error


def completed(run: Run, result: str | None, *, keep: bool = True, children: Sequence[Any] = ()) -> bool:
    """End the run well. A result too large for the log is stored first and referred to.

    Without `keep` the result is only passed on to what follows. `children` are the results of the jobs that
    the run enqueued, as Celery's tuples.
    """
    data: dict[str, Any] = {"children": children} if children else {}
    if result is None:
        return _finish(run, "completed", data)
    if keep and len(result) > INLINE_RESULT_LIMIT:
        _store(StoredElsewhere(run.lease.uid, run.task.name), result)
        return _finish(run, "completed", data | {"stored": True})
    return _finish(run, "completed", data | {"result" if keep else "passed": result})


def _store(place: StoredElsewhere, result: str) -> None:
    """Write a large result, again and again while the database is away."""
    give_up_at = time.monotonic() + _PATIENCE
    while True:
        try:
            place.write(result)
        except (OperationalError, InterfaceError) as error:
            if connection.in_atomic_block or not is_away(error) or time.monotonic() > give_up_at:
                raise
            logger.warning("the result of %s waits for the database", place.uid)
        else:
            return
        time.sleep(0.5)
        check_connections()


def ignored(run: Run) -> bool:
    """End the run with no result, as `Ignore` asks: nothing follows it, but a job that takes its place."""
    if run.replacement is None:
        return _finish(run, "completed", {"ignored": True})
    return _finish(run, "replaced", {"passed": celery_json.dumps(run.replacement)})


def rejected(run: Run, error: Reject) -> bool:
    """End the run that refused its job, as `Reject` asks: to be run again, or a dead letter."""
    reason = f"rejected: {error.reason}" if error.reason else "rejected"
    if error.requeue:
        decision = decide(run.options.retry, run.tally, Snooze(_REJECTED_FOR, reason), 0.0)
        if isinstance(decision, Again):
            return again(run, None, decision)
    return failed(run, error, GiveUp(retryable=False, reason=reason), "")


def again(run: Run, error: BaseException | None, decision: Again, trace: str = "") -> bool:
    """End the run; the job is to run again."""
    data: dict[str, Any] = {"delay": decision.delay, "counts": decision.counts, "reason": decision.reason}
    if isinstance(error, RateLimited):
        data["hold"] = True  # nobody else with the same limit key need ask the provider before
    if run.retry_args is not None:
        data["args"], data["kwargs"] = run.retry_args
    return _finish(run, "retried" if decision.counts else "snoozed", data | _error(error, trace))


def cancelled(run: Run, reason: str) -> bool:
    """End the run and the job because somebody asked for it; `reason` tells how it ended."""
    return _finish(run, "cancelled", {"reason": reason})


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
    _say(run, event, data)
    if run.bundle is not None:
        return bool(run.bundle.end(run, event, text))
    try:
        kept = patiently(lambda: _ended(run, event, text), _PATIENCE, run.lease.uid)
    except REDIS_ERRORS:
        logger.exception("gave up writing the outcome of %s", run.lease.uid)
        return False
    run.finished = True
    if not kept:
        logger.warning(
            "%s: outcome %r dropped, the lease was lost (fenced)", run.lease.uid, event, extra=whose(run)
        )
    return kept


def _ended(run: Run, event: str, text: str) -> bool:
    ran_ms = -1 if run.began is None else -1 - (time.monotonic() - run.began) * 1000
    return leases.finish(client(), run.lease, event, text, ran_ms)


def _say(run: Run, event: str, data: dict[str, Any]) -> None:
    """One line per outcome."""
    level = logging.WARNING if event == "failed" else logging.INFO
    if logger.isEnabledFor(level):
        why = data.get("reason") or data.get("error") or ""
        logger.log(
            level,
            "%s %s: run %d %s%s",
            run.task.name,
            run.lease.uid,
            run.lease.run,
            event,
            f", {why}" if why else "",
            extra=whose(run),
        )


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
