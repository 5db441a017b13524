"""`celery worker --autoscale=8,2`: the pool follows the backlog, as far as load and memory allow.

A worker that may grow offers the dispatcher twice the processes that it has (`celery_internals.slots`), so a
backlog shows as fetched jobs; stock Celery then grows whatever that does to the machine, here it has a say.
"""

import os
from typing import Any

from jobs.autoscaling import Bounds, Machine, wanted_processes
from jobs.configuration import autoscale_load
from jobs.worker.celery_internals import CeleryAutoscaler

_KEEPALIVE = 10  # seconds without a new job after which processes are given up


class Autoscaler(CeleryAutoscaler):
    """Celery's hook: `worker_autoscaler`."""

    def __init__(self, pool: Any, highest: int, lowest: int = 0, **options: Any) -> None:
        super().__init__(pool, highest, lowest, keepalive=_KEEPALIVE, **options)

    def _maybe_scale(self, req: Any = None) -> bool:
        bounds = Bounds(max(1, self.min_concurrency), self.max_concurrency, autoscale_load())
        change: int = wanted_processes(self.processes, self.qty, bounds, machine_now()) - self.processes
        if change > 0:
            self.scale_up(change)
        elif change < 0:
            self.scale_down(-change)
        return change != 0


def machine_now() -> Machine:
    """This machine, as the kernel tells it; where it does not, there is room."""
    try:
        with open("/proc/meminfo") as told:
            sizes = {name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in told)}
        free = sizes["MemAvailable"] / sizes["MemTotal"]
    except (OSError, KeyError):
        free = 1.0
    return Machine(os.getloadavg()[0], os.cpu_count() or 1, free)
