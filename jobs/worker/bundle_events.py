"""Celery's events (https://docs.celeryq.dev/en/stable/userguide/monitoring.html#task-events) of bundled jobs."""

import logging
from collections.abc import Iterable, Mapping
from typing import Any

from celery import Celery
from kombu.exceptions import OperationalError

from jobs.fence.connection import REDIS_ERRORS

logger = logging.getLogger(__name__)


def tell_of(app: Celery, hostname: str, events: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
    """Send events in one message, as the worker's own dispatcher does. They are lost when Redis is away."""
    try:
        with app.amqp.producer_pool.acquire(block=True) as producer:
            dispatcher = app.events.Dispatcher(
                producer.connection, hostname, channel=producer.channel, buffer_while_offline=False,
                buffer_group=frozenset({"task"}), buffer_limit=10_000,
            )  # fmt: skip
            for kind, fields in events:
                dispatcher.send(kind, **fields)
            dispatcher.flush()
    except (*REDIS_ERRORS, OperationalError) as error:
        logger.warning("events of a bundle are not sent: %s", error)
