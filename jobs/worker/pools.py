"""What a worker's pool cannot do: one whose jobs run in the worker's own process cannot end one of them."""

import logging
from collections.abc import Iterable, Iterator, Set
from typing import Any

from jobs.configuration import queue_book

logger = logging.getLogger(__name__)

_KEEPS_LIMITS = {"prefork", "gevent"}


def tasks_with_limits(tasks: Iterable[Any], queues: Set[str]) -> Iterator[str]:
    """The names of tasks that have a time limit and are routed to one of the queues."""
    for task in tasks:
        if task.time_limit or task.soft_time_limit:
            queue = queue_book().of_task(task.name)
            if queues & {queue.name, *(part.name for part in queue.parts)}:
                yield task.name


def warn_of_limits(pool: str, tasks: Iterable[Any], queues: Set[str]) -> None:
    """Say once which time limits will not be kept; `pool` is the name of the pool's module in Celery."""
    if pool in _KEEPS_LIMITS:
        return
    if names := sorted(set(tasks_with_limits(tasks, queues))):
        logger.warning(
            "the pool %s keeps no time limits and ends no cancelled job; they have time limits: %s",
            pool,
            ", ".join(names),
        )
