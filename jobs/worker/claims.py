"""Claiming a run, and telling of it while it lasts."""

import json
import logging
import time
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

logger = logging.getLogger(__name__)

_PATIENCE = 5.0  # seconds for which a claim is tried while Redis is away; then the message is let go


def claim(lease: Lease, ticket: Ticket, stale_after: float | None) -> Lease:
    """Take the ticket. NotClaimed when the message is stale, a duplicate or too late."""
    give_up_at = time.monotonic() + _PATIENCE
    while True:
        try:
            answer, epoch = leases.claim(client(), lease, ticket, stale_after)
            break
        except REDIS_ERRORS as error:
            if time.monotonic() > give_up_at:
                raise NotClaimed(f"{lease.uid}: Redis does not answer: {error}") from error
            time.sleep(0.1)
    if answer != "claimed":
        raise NotClaimed(f"{lease.uid}: {answer}")
    return replace(lease, epoch=epoch)


def note(run: Run, event: str, data: dict[str, Any]) -> bool:
    """Append progress or a log line; False when the lease was lost or Redis is away."""
    try:
        told = redact(data, run.secrets) if run.secrets else data
        return leases.note(client(), run.lease, event, event_json(told, default=str))
    except REDIS_ERRORS as error:
        logger.warning("%s: %s not told: %s", run.lease.uid, event, error)
        return False


def trace_of(error: BaseException | None) -> str:
    """The traceback as text."""
    return "".join(traceback.format_exception(error)) if error else ""


def reason_json(reason: str) -> str:
    """The data of an event that only has a reason."""
    return json.dumps({"reason": reason})
