"""From events to rows: what a batch of the log says, put into the store's words."""

import hashlib
import logging
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db import transaction

from jobs import celery_json
from jobs.configuration import queue_book
from jobs.dispatcher.counting import count_ended, count_started
from jobs.dispatcher.stall_lines import tell_stalls
from jobs.fence.events import Event, rounds
from jobs.states import TERMINAL
from jobs.store.dependencies import Parent, count_down
from jobs.store.metrics import Batch
from jobs.store.outcomes import Moved, Outcome, Start, write_outcomes, write_progress, write_starts
from jobs.store.parents import tell_parents
from jobs.store.planner import look_up_by_index

logger = logging.getLogger(__name__)


@dataclass
class Folded:
    """What a batch changed: the rows that outcomes moved, and queues where parents were unblocked."""

    moved: list[Moved] = field(default_factory=list)
    unblocked: set[str] = field(default_factory=set)
    hasty: list[Parent] = field(
        default_factory=list
    )  # failed at once: their other children are to be cancelled


def fold(events: Sequence[Event]) -> Folded:
    """Write a batch in one transaction."""
    folded, counted = Folded(), Batch(time.time())
    with transaction.atomic():
        look_up_by_index()
        for part in rounds(event for event in events if event.uid):
            moved = _fold_round(part, counted)
            folded.moved += moved
            ended = [(job.id, job.state == "completed") for job in moved if job.state in TERMINAL]
            parents = count_down(ended)
            folded.unblocked |= {parent.queue for parent in parents}
            folded.hasty += [
                parent for parent in parents if parent.cancel_siblings and parent.state == "failed"
            ]
            tell_parents(parents)
        count_ended(counted, folded.moved)
        counted.write()
    tell_stalls(events, folded.moved)
    return folded


def _fold_round(events: Sequence[Event], counted: Batch) -> list[Moved]:
    ended = {(event.uid, event.run) for event in events if event.is_outcome}
    starts = [e for e in events if e.kind == "started" and (e.uid, e.run) not in ended]
    if starts:
        begun = write_starts([Start(e.uid, e.run, e.at_ms / 1000, e.worker) for e in starts])
        count_started(counted, begun)
    told = _latest_progress(events)
    write_progress([(uid, run, *told[uid, run]) for uid, run in told if (uid, run) not in ended])
    if not ended:
        return []
    workers = {(event.uid, event.run): event.worker for event in events if event.kind == "started"}
    return write_outcomes(
        [
            _outcome(e, workers.get((e.uid, e.run), ""), told.get((e.uid, e.run), (None, None)))
            for e in events
            if e.is_outcome
        ]
    )


def _latest_progress(events: Iterable[Event]) -> dict[tuple[str, int], tuple[float | None, str]]:
    """The last fraction that was known and the last detail, per run."""
    latest: dict[tuple[str, int], tuple[float | None, str]] = {}
    for event in events:
        if event.kind == "progress":
            before, _ = latest.get((event.uid, event.run), (None, ""))
            fraction = event.data.get("fraction")
            detail = celery_json.dumps(event.data.get("detail"))
            latest[event.uid, event.run] = (before if fraction is None else fraction, detail)
    return latest


def _outcome(event: Event, worker: str, progress: tuple[float | None, str | None]) -> Outcome:
    data = event.data
    queue = queue_book()
    error_type = str(data.get("type", ""))
    return Outcome(
        uid=event.uid,
        run=event.run,
        kind=event.kind,
        started=event.started_ms / 1000 if event.started_ms else None,
        ended=event.at_ms / 1000,
        worker=event.worker or worker,
        delay=data.get("delay"),
        reason=str(data.get("reason", "")),
        error_type=error_type or ("Stalled" if event.kind == "stalled" else ""),
        error=str(data.get("error", "")) or (str(data.get("reason", "")) if event.kind == "stalled" else ""),
        traceback=str(data.get("traceback", "")),
        fingerprint=_fingerprint(event),
        retryable=bool(data.get("retryable", True)),
        result=_result(event),
        keep_result=event.kind != "completed" or "result" in data or "stored" in data,
        stalled_limit=queue.get(event.queue).stalled_limit if event.queue in queue else 3,
        args=_changed(data.get("args")),
        kwargs=_changed(data.get("kwargs")),
        fraction=progress[0],
        detail=progress[1],
        passed=_text(data.get("passed")),
        children=_changed(data.get("children")),
        ignored=bool(data.get("ignored")),
    )


def _result(event: Event) -> str | None:
    if event.kind == "stalled":
        return celery_json.dumps(
            {
                "exc_type": "Stalled",
                "exc_message": [event.data.get("reason", "")],
                "exc_module": "jobs.errors",
            }
        )
    return _text(event.data.get("result"))


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _changed(value: object) -> str | None:
    return None if value is None else celery_json.dumps(value)


def _fingerprint(event: Event) -> str:
    """What letters with the same cause share: error type and the place it was raised (with no line number)."""
    if event.kind not in {"failed", "stalled"}:
        return ""
    cause = f"{event.queue}|{event.data.get('type', event.kind)}|{event.data.get('place', '')}"
    return hashlib.sha1(cause.encode(), usedforsecurity=False).hexdigest()
