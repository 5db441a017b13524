"""Claiming a run, and telling of it while it lasts."""

import json
import logging
import traceback
from dataclasses import replace
from typing import Any

from jobs.fence import leases
from jobs.fence.connection import REDIS_ERRORS, client
from jobs.fence.leases import Lease, Ticket
from jobs.worker.concealment import redact
from jobs.worker.context import Run
from jobs.worker.event_json import event_json
from jobs.worker.outcomes import NotClaimed
from jobs.worker.patience import patiently

logger = logging.getLogger(__name__)

_PATIENCE = 5.0  # seconds for which a claim is tried while Redis is away; then the message is let go


def claim(lease: Lease, ticket: Ticket, stale_after: float | None) -> Lease:
    """Take the ticket. NotClaimed when the message is stale, a duplicate or too late."""
    try:
        answer, epoch = patiently(
            lambda: leases.claim(client(), lease, ticket, stale_after), _PATIENCE, lease.uid
        )
    except REDIS_ERRORS as error:
        raise NotClaimed(f"{lease.uid}: Redis does not answer: {error}") from error
    if answer != "claimed":
        raise NotClaimed(f"{lease.uid}: {answer}")
    return replace(lease, epoch=epoch)


def note(run: Run, event: str, data: dict[str, Any]) -> None:
    """Append progress or a log line, if the lease is still ours; learns of a request to cancel the run."""
    try:
        told = redact(data, run.secrets) if run.secrets else data
        answer = leases.note(client(), run.lease, event, event_json(told, default=str))
    except REDIS_ERRORS as error:
        logger.warning("%s: %s not told: %s", run.lease.uid, event, error)
        return
    if answer == leases.TOLD_AND_CANCELLED:
        run.cancel.asked = True


def trace_of(error: BaseException | None) -> str:
    """The traceback as text."""
    return "".join(traceback.format_exception(error)) if error else ""


def reason_json(reason: str) -> str:
    """The data of an event that only has a reason."""
    return json.dumps({"reason": reason})
