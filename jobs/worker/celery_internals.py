"""The one place that reads private parts of Celery's worker; `tests/jobs/worker/test_celery_internals.py`
is the contract for the pinned version."""

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


def slots(worker: Any) -> int:
    """How many tasks this worker can run at once."""
    pool = getattr(worker, "pool", None)
    return int(getattr(pool, "num_processes", 0) or worker.concurrency or 1)
