"""The one place that reads private parts of Celery's worker; `tests/jobs/worker/test_celery_internals.py`
is the contract for the pinned version."""

import os
from typing import Any

from celery.worker import state


def reserved_ids() -> list[str]:
    """Ids of messages that this worker fetched and has not started."""
    return [request.id for request in tuple(state.reserved_requests) if request not in state.active_requests]


def active_ids() -> set[str]:
    """Ids of tasks that this worker's pool is running."""
    return {request.id for request in tuple(state.active_requests)}


def consumed_queues(worker: Any) -> list[str]:
    """Queues that this worker consumes right now."""
    return list(worker.app.amqp.queues.consume_from)


def process_ids(worker: Any) -> set[int]:
    """Ids of the pool's processes; none for a pool that runs jobs in the worker's own process."""
    pool = getattr(worker, "pool", None)
    return set(pool.info.get("processes", ())) - {os.getpid()} if pool else set()


def slots(worker: Any) -> int:
    """How many tasks this worker can run at once."""
    pool = getattr(worker, "pool", None)
    return int(getattr(pool, "num_processes", 0) or worker.concurrency or 1)
