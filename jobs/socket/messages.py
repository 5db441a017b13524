"""From entries of the event log to the messages of the protocol.

Every job message has `type`, `jobId`, `queue`, `timestamp` (ISO 8601, UTC) and `cursor`; durations are
whole milliseconds.
"""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from jobs.fence.events import Event
from jobs.queries.details import Facts
from jobs.socket.cursors import Cursor

Message = dict[str, Any]

PROTOCOL = 1
FINAL = frozenset({"job.completed", "job.failed", "job.cancelled"})


def of_event(event: Event, facts: Facts | None) -> list[Message]:
    """What is told about an entry; nothing for entries that are no news. `facts` may be gone.

    Only the last message has the entry's own cursor: who was cut off before it is told all again.
    """
    make = _MAKERS.get(event.kind)
    if make is None or not event.uid:
        return []
    messages = [make(event, facts)]
    if event.kind == "stalled" and facts and facts.state == "failed" and facts.runs == event.run:
        messages.append(_failed(event, facts))
    cursor = Cursor.parse(event.cursor)
    last = len(messages) - 1
    return [
        _addressed(event, message, cursor if number == last else cursor.before())
        for number, message in enumerate(messages)
    ]


def needs_fresh_facts(event: Event) -> bool:
    """Whether the row may have changed in a way that the message tells."""
    return event.kind in {"failed", "stalled"}


def iso(moment: datetime) -> str:
    """A time in UTC with milliseconds, as in `2026-01-31T12:00:00.123Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _addressed(event: Event, message: Message, cursor: Cursor) -> Message:
    at_ms = event.at_ms or Cursor.parse(event.cursor).ms
    return {
        **message,
        "jobId": event.uid,
        "queue": event.queue,
        "timestamp": iso(datetime.fromtimestamp(at_ms / 1000, UTC)),
        "cursor": str(cursor),
    }


def _started(event: Event, facts: Facts | None) -> Message:
    waited = None
    if facts:
        owed = facts.created_at.timestamp() * 1000
        if facts.run_at and facts.run_at.timestamp() * 1000 <= event.at_ms:
            owed = max(owed, facts.run_at.timestamp() * 1000)
        waited = max(0, round(event.at_ms - owed))
    return {"type": "job.started", "run": event.run, "worker": event.worker, "queueToStartMs": waited}


def _progress(event: Event, _: Facts | None) -> Message:
    return {
        "type": "job.progress",
        "progress": event.data.get("fraction"),
        "details": event.data.get("detail"),
    }


def _log(event: Event, _: Facts | None) -> Message:
    data = event.data
    return {
        "type": "job.log",
        "message": data.get("message", ""),
        "level": data.get("level", "info"),
        "details": data.get("detail") or {},
    }


def _retrying(event: Event, _: Facts | None) -> Message:
    return {
        "type": "job.retrying",
        "delayMs": round(float(event.data.get("delay") or 0) * 1000),
        "attemptUsed": event.kind == "retried",
        "reason": event.data.get("reason", ""),
        "error": _error(event.data) if event.data.get("type") else None,
    }


def _stalled(event: Event, _: Facts | None) -> Message:
    return {"type": "job.stalled", "run": event.run, "reason": event.data.get("reason", "")}


def _completed(event: Event, facts: Facts | None) -> Message:
    text = event.data.get("result")
    total = round(event.at_ms - facts.created_at.timestamp() * 1000) if facts else None
    return {
        "type": "job.completed",
        "result": None if text is None else json.loads(str(text)),
        "resultStored": bool(event.data.get("stored")),  # too large for the log: read it over HTTP
        "processingMs": max(0, round(event.at_ms - event.started_ms)) if event.started_ms else None,
        "totalMs": None if total is None else max(0, total),
    }


def _failed(event: Event, facts: Facts | None) -> Message:
    return {
        "type": "job.failed",
        "error": _error(event.data),
        "reason": event.data.get("reason", ""),
        "retryable": bool(event.data.get("retryable", True)),
        "attempts": facts.attempt if facts else None,
        "maxAttempts": facts.max_attempts if facts else None,
    }


def _cancelled(event: Event, _: Facts | None) -> Message:
    return {"type": "job.cancelled", "reason": event.data.get("reason") or event.kind}


def _waiting_again(event: Event, _: Facts | None) -> Message:
    return {"type": "job.state", "state": "waiting", "progress": None, "details": None}


def _replaced(event: Event, _: Facts | None) -> Message:
    return {"type": "job.state", "state": "blocked", "progress": None, "details": None}


def _error(data: Mapping[str, Any]) -> Message:
    return {"type": data.get("type", "Stalled"), "message": data.get("error") or data.get("reason", "")}


_MAKERS: dict[str, Callable[[Event, Facts | None], Message]] = {
    "started": _started,
    "progress": _progress,
    "log": _log,
    "retried": _retrying,
    "snoozed": _retrying,
    "stalled": _stalled,
    "completed": _completed,
    "failed": _failed,
    "cancelled": _cancelled,
    "expired": _cancelled,
    "withdrawn": _cancelled,
    "dependency_failed": _failed,
    "replaced": _replaced,
    "enqueued": _waiting_again,
}
KINDS = tuple(_MAKERS)  # of entries that anything is told of
