"""Reads: what is the state of things."""

from jobs.queries.counts import counts_by_queue_and_state
from jobs.queries.single import celery_state, finished_among, get_job, is_finished, queue_and_state

__all__ = [
    "celery_state", "counts_by_queue_and_state", "finished_among", "get_job", "is_finished", "queue_and_state",
]  # fmt: skip
