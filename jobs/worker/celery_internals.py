"""The one place that reads private parts of Celery's worker; `tests/jobs/worker/test_celery_internals.py`
is the contract for the pinned version."""

import os
from collections.abc import Callable
from typing import Any

from celery import bootsteps
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


def handle(consumer: Any, task: str, handler: Callable[..., None]) -> None:
    """Let `handler(message, ...)` take the messages of a task in the main process."""
    consumer.strategies[task] = handler


def may_receive(worker: Any) -> bool:
    """Whether this worker fetches messages now: it does not while it holds as many as it may, nor while a
    job occupies the only process there is."""
    consumer = getattr(worker, "consumer", None)
    task_consumer = getattr(consumer, "task_consumer", None)
    if task_consumer is None or (pool_name(worker) == "solo" and state.active_requests):
        return False
    return bool(task_consumer.channel.qos.can_consume())


def reconnect(worker: Any) -> None:
    """End the consumer's connection as if it had broken; Celery makes another."""
    worker.hub.call_soon(_break)


def stop(worker: Any, exit_code: int) -> None:
    """Let the running jobs end, then exit."""
    state.should_stop = exit_code
    worker.hub.call_soon(_wake)


def is_running(worker: Any) -> bool:
    """Whether it has not begun to stop."""
    return bool(worker.blueprint.state == bootsteps.RUN)


def _break() -> None:
    raise ConnectionError("the consumer is deaf")


def _wake() -> None:
    """Nothing: the event loop looks around."""


def pool_name(worker: Any) -> str:
    """`prefork`, `thread`, `solo`, `gevent` or `eventlet`: the pool's module."""
    return type(worker.pool).__module__.rpartition(".")[2]


def process_ids(worker: Any) -> set[int]:
    """Ids of the pool's processes; none for a pool that runs jobs in the worker's own process."""
    pool = getattr(worker, "pool", None)
    return set(pool.info.get("processes", ())) - {os.getpid()} if pool else set()


def replace_dead(worker: Any) -> None:
    """Let the pool take leave of processes that died and start others, now.

    Celery is told of a death by a pipe, which may close a moment before the process can be reaped: then it
    finds nobody dead, and does not look again for five seconds.
    """
    worker.hub.call_soon(worker.pool._pool.maintain_pool)  # noqa: SLF001 -- Celery's own timer calls it


def slots(worker: Any) -> int:
    """How many tasks this worker can run at once; one that may grow offers twice what it has, to be asked."""
    pool = getattr(worker, "pool", None)
    now = int(getattr(pool, "num_processes", 0) or worker.concurrency or 1)
    scaler = getattr(worker, "autoscaler", None)
    return now if scaler is None else min(2 * now, int(scaler.max_concurrency))
