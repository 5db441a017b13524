"""The worker's main process says that it lives, and watches what its pool is running.

A thread of its own does it, so that neither job code nor Celery's event loop can starve it. Twice a second
it looks at the leases that this worker holds: one whose pool process is gone, or that the pool is not
running any more, is given up at once instead of after a lease.
"""

import json
import logging
import os
import socket
import threading
import time
from typing import Any

from celery import bootsteps

from jobs.configuration import lease
from jobs.fence import keys, leases, scripts
from jobs.fence.connection import REDIS_ERRORS, connect
from jobs.fence.leases import Lease
from jobs.worker import celery_internals, identity
from jobs.worker.bundle_rescue import BundleRescue
from jobs.worker.consumption import PREFIX, Consumption
from jobs.worker.interrupting import Interruptions
from jobs.worker.pools import warn_of_limits

logger = logging.getLogger(__name__)

_LOOK = 0.5  # seconds between looks at what is running
_ORPHANED_AFTER = 5.0  # seconds that a lease may outlive its task in the pool


class Heart:
    """Beats and looks until stopped."""

    def __init__(self, worker: Any, worker_id: str, consumption: Consumption) -> None:
        self._worker = worker
        self._consumption = consumption
        self._id = worker_id
        self._redis = connect(timeout=2.0)
        self._lease = lease()
        self._since = time.time()
        self._beat_at = 0.0
        self._announced: dict[str, Any] = {}
        self._epoch = ""
        self._interruptions = Interruptions(self._redis)
        self._held: dict[str, Lease] = {}
        self._idle_since: dict[str, float] = {}
        self._bundles = BundleRescue(worker.app, self._redis)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heart", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Say goodbye: nothing is running any more."""
        self._stopped.set()
        self._thread.join(timeout=3.0)
        try:
            scripts.run(self._redis, "leave", [keys.WORKERS, keys.HEARTBEATS], [self._id])
        except REDIS_ERRORS as error:
            logger.warning("left without saying goodbye: %s", error)

    def _run(self) -> None:
        while not self._stopped.wait(_LOOK if self._announced else 0.0):
            try:
                self._beat()
                self._look()
            except REDIS_ERRORS as error:
                self._beat_at = 0.0
                logger.warning("no heartbeat: %s", error)
            except Exception:
                logger.exception("the heart stumbled")
            if not self._announced:
                self._stopped.wait(_LOOK)

    def _beat(self) -> None:
        announcement = self._announcement()
        if time.monotonic() < self._beat_at and announcement == self._announced:
            return
        names = [keys.WORKERS, keys.HEARTBEATS, keys.EPOCH]
        told = json.dumps({**announcement, "proven_ago": self._consumption.proven_ago})
        scripts.run(self._redis, "beat", names, [self._id, told, int(self._lease * 1000)])
        self._announced = announcement
        self._beat_at = time.monotonic() + self._lease / 3

    def _announcement(self) -> dict[str, Any]:
        """What is told as soon as it changes."""
        consumed = celery_internals.consumed_queues(self._worker)
        receives = celery_internals.is_running(
            self._worker
        )  # else it lets its jobs end, and begins no others
        return {
            "queues": [queue for queue in consumed if not queue.startswith(PREFIX)],
            "slots": celery_internals.slots(self._worker) if receives else 0,
            "reserved": celery_internals.reserved_ids() if receives else [],
            "host": socket.gethostname(),
            "pid": os.getpid(),
            "pool": celery_internals.pool_name(self._worker),
            "since": self._since,
            "bundles": True,
            "deaf": self._consumption.deaf,
        }

    def _look(self) -> None:
        pipeline = self._redis.pipeline(transaction=False)
        pipeline.hgetall(keys.held_by(self._id))
        pipeline.get(keys.EPOCH)
        pipeline.time()
        held, epoch, (seconds, microseconds) = pipeline.execute()
        if self._epoch and epoch != self._epoch:
            self._enter_again()
            held = self._redis.hgetall(keys.held_by(self._id))
        self._epoch = epoch or self._epoch
        self._held = {uid: Lease.of_worker(self._id, uid, text) for uid, text in held.items()}
        processes = celery_internals.process_ids(self._worker)
        if not all(map(_alive, processes)):
            celery_internals.replace_dead(self._worker)
        self._give_up_lost()
        self._bundles.look(self._held, seconds * 1000 + microseconds // 1000)
        self._interruptions.look(self._held.values(), processes, self._epoch)

    def _enter_again(self) -> None:
        """Redis was emptied: what the pool is still running is ours if nobody else took it."""
        logger.warning("Redis was emptied; entering again what this worker runs")
        self._beat_at = 0.0
        self._beat()
        active = celery_internals.active_ids()
        for uid, held in self._held.items():
            if uid in active:
                leases.reclaim(self._redis, held)

    def _give_up_lost(self) -> None:
        active = celery_internals.active_ids()
        now = time.monotonic()
        for uid in set(self._idle_since) - set(self._held) | (set(self._idle_since) & active):
            del self._idle_since[uid]
        for uid, held in self._held.items():
            if not _alive(held.pid):
                self._give_up(held, f"its process {held.pid} died")
            elif uid not in active and now - self._idle_since.setdefault(uid, now) > _ORPHANED_AFTER:
                self._give_up(held, "its process went on without an outcome")

    def _give_up(self, held: Lease, reason: str) -> None:
        if leases.stall(self._redis, held, json.dumps({"reason": reason})):
            named = {"job_id": held.uid, "queue": held.queue}
            logger.error("%s was lost in run %d: %s", held.uid, held.run, reason, extra=named)


class Liveness(bootsteps.StartStopStep):
    """Celery's hook: starts the heart with the worker."""

    requires = ("celery.worker.components:Pool",)

    def __init__(self, worker: Any, **kwargs: Any) -> None:
        super().__init__(worker, **kwargs)
        # Before the pool forks: its children inherit the id.
        worker.millrace_id = identity.assume(worker.hostname)
        self.consumption = Consumption(worker)

    def create(self, worker: Any) -> Heart:
        """The heart, to be started after the pool."""
        heart = worker.millrace_heart = Heart(worker, worker.millrace_id, self.consumption)
        return heart

    def start(self, worker: Any) -> None:
        """Begin beating."""
        consumed = set(celery_internals.consumed_queues(worker))
        warn_of_limits(celery_internals.pool_name(worker), worker.app.tasks.values(), consumed)
        self.consumption.start()
        self.obj.start()

    def stop(self, worker: Any) -> None:
        """Nothing yet: the pool has not stopped, and lets its jobs end. The heart beats until `Farewell`."""
        self.consumption.stop()

    terminate = stop


class Farewell(bootsteps.StartStopStep):
    """Celery's hook: stops the heart after everything else. Steps are stopped in the reverse of their order."""

    requires = (Liveness,)

    def include(self, worker: Any) -> bool:
        """Put it before the pool."""
        worker.steps.insert(0, self)
        return True

    def start(self, worker: Any) -> None:
        """Nothing: the heart begins after the pool has forked."""

    def stop(self, worker: Any) -> None:
        """The pool has stopped, and nothing runs any more."""
        worker.millrace_heart.stop()

    terminate = stop


def _alive(pid: int) -> bool:
    """Whether a process of this machine runs; one that only waits to be reaped does not."""
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] not in {"Z", "X"}
    except FileNotFoundError:
        return not os.path.isdir("/proc/self") and _answers(pid)


def _answers(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
