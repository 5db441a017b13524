"""What the worker's main process does for bundles that its pool is working off.

Jobs behind one that runs long are let go: their tickets are taken back, so that they are released elsewhere.
A job that runs past its hard time limit is ended, and its process killed, as Celery's pool does for a job that
came alone.
"""

import logging
import os
import signal
from collections.abc import Mapping, Sequence
from typing import Any

import redis
from billiard.exceptions import TimeLimitExceeded
from celery import Celery

from jobs.fence import leases
from jobs.fence.leases import Lease
from jobs.worker import celery_internals
from jobs.worker.messages import HEADER

logger = logging.getLogger(__name__)

_STUCK_MS = 1000  # a job that runs longer than this holds up what it travels with

Item = Sequence[Any]  # headers, args, kwargs


class BundleRescue:
    """Looks at the bundles in the pool; `look` is called twice a second."""

    def __init__(self, app: Celery, client: "redis.Redis") -> None:
        self._app = app
        self._redis = client
        self._let_go: set[str] = set()

    def look(self, held: Mapping[str, Lease], now_ms: int) -> None:
        """`held` are the leases of this worker, `now_ms` is Redis time."""
        bundles = celery_internals.active_bundles()
        self._let_go &= bundles.keys()
        for bundle, items in bundles.items():
            running = [(item, held[item[0]["id"]]) for item in items if item[0]["id"] in held]
            if bundle not in self._let_go and any(now_ms - run.since_ms > _STUCK_MS for _, run in running):
                self._let_go.add(bundle)
                self._unbundle(items)
            for item, run in running:
                self._enforce(item, run, now_ms)

    def _unbundle(self, items: Sequence[Item]) -> None:
        headers = [item[0] for item in items]
        queue = headers[0][HEADER]["q"]
        taken = leases.unbundle(self._redis, queue, [(head["id"], head[HEADER]["t"]) for head in headers])
        if taken:
            logger.info("%s: %d jobs are released again: the one before them runs long", queue, taken)

    def _enforce(self, item: Item, run: Lease, now_ms: int) -> None:
        headers = item[0]
        limit = (headers.get("timelimit") or [None])[0] or self._app.tasks[headers["task"]].time_limit
        if not limit or now_ms - run.since_ms <= limit * 1000:
            return
        if run.pid == os.getpid():  # a pool in this process: it would end all that the worker has
            return
        logger.error("Hard time limit (%ss) exceeded for %s[%s]", limit, headers["task"], run.uid)
        self._app.backend.mark_as_failure(run.uid, TimeLimitExceeded(limit), request=_Request(headers))
        os.kill(run.pid, signal.SIGKILL)


class _Request(dict[str, Any]):
    """A job's headers as the result backend reads a request."""

    @property
    def task(self) -> str:
        return str(self["task"])

    def __getattr__(self, name: str) -> Any:
        return self.get(name)
