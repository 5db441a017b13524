"""The line of a run that was killed: it could not write one itself, so whoever folds its end does."""

import logging
from collections.abc import Sequence

from jobs import tracing
from jobs.fence.events import Event
from jobs.models import Job
from jobs.store.outcomes import Moved

logger = logging.getLogger(__name__)


def tell_stalls(events: Sequence[Event], moved: Sequence[Moved]) -> None:
    """A line for each stall that moved a row, with the fields of a worker's own lines."""
    stalled = {job.uid for job in moved if job.outcome == "stalled"}
    if not stalled:
        return
    rows = {job.uid: job for job in Job.objects.filter(uid__in=stalled)}
    for event in events:
        if event.kind == "stalled" and event.uid in rows:
            _tell(event, rows[event.uid])


def _tell(event: Event, job: Job) -> None:
    fields = {
        "job_id": job.uid,
        "queue": job.queue,
        "task": job.task,
        "attempt": job.attempt + 1,
        "correlation_id": job.correlation_id or job.uid,
    }
    if trace := tracing.named_in((job.canvas or {}).get("headers") or {}):
        fields["trace_id"] = trace
    reason = event.data.get("reason") or "nobody knows why"
    logger.warning("%s %s: run %d stalled, %s", job.task, job.uid, event.run, reason, extra=fields)
