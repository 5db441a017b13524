"""The one place that reads private parts of Celery's worker; `tests/jobs/worker/test_celery_internals.py`
is the contract for the pinned version."""

from typing import Any

from celery.worker import state
from celery.worker.autoscale import Autoscaler as CeleryAutoscaler
from celery.worker.request import Request

from jobs.worker.messages import BUNDLE_TASK

__all__ = [
    "CeleryAutoscaler",
    "Request",
    "active_bundles",
    "active_ids",
    "consumed_queues",
    "reserved_ids",
    "slots",
]


def reserved_ids() -> list[str]:
    """Ids of jobs whose message this worker fetched and that have not started, or may not have."""
    return [
        uid
        for request in tuple(state.reserved_requests)
        if request not in state.active_requests or request.type == BUNDLE_TASK
        for uid in _job_ids(request)
    ]


def active_ids() -> set[str]:
    """Ids of jobs that this worker's pool is running, or has in a bundle."""
    return {uid for request in tuple(state.active_requests) for uid in _job_ids(request)}


def active_bundles() -> dict[str, list[list[Any]]]:
    """Bundles that the pool is working off: message id to [headers, args, kwargs] per job."""
    return {
        request.id: request.args[0] for request in tuple(state.active_requests) if request.type == BUNDLE_TASK
    }


def _job_ids(request: Request) -> list[str]:
    return [item[0]["id"] for item in request.args[0]] if request.type == BUNDLE_TASK else [request.id]


def consumed_queues(worker: Any) -> list[str]:
    """Queues that this worker consumes right now."""
    return list(worker.app.amqp.queues.consume_from)


def slots(worker: Any) -> int:
    """How many tasks this worker can run at once; one that may grow offers twice what it has, to be asked."""
    pool = getattr(worker, "pool", None)
    now = int(getattr(pool, "num_processes", 0) or worker.concurrency or 1)
    scaler = getattr(worker, "autoscaler", None)
    return now if scaler is None else min(2 * now, int(scaler.max_concurrency))
