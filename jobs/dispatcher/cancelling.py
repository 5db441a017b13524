"""Requests to cancel are honoured: carried to runs that have not seen them, and done where nothing runs."""

import time
from collections.abc import Mapping

import redis

from jobs.fence import cancelling, leases
from jobs.fence.leases import Lease
from jobs.store.cancelling import requested
from jobs.store.moves import cancel_waiting

_EVERY = 1.0  # seconds between looks at the rows


class Cancellations:
    """The requests of the queues that a dispatcher leads."""

    def __init__(self, client: "redis.Redis") -> None:
        self._client = client
        self._look_at = 0.0

    def honour(self, held: Mapping[str, Mapping[str, Lease]]) -> None:
        """Look at most once a second. `held` are the leases of each queue by job id."""
        if time.monotonic() < self._look_at:
            return
        self._look_at = time.monotonic() + _EVERY
        for asked in requested(list(held)):
            lease = held[asked.queue].get(asked.uid)
            if lease is not None:
                if lease.cancel != str(asked.request):
                    cancelling.ask(self._client, asked.queue, asked.uid, asked.request)
            elif asked.state != "active" and leases.withdraw(self._client, asked.queue, asked.uid):
                cancel_waiting(asked.queue, asked.uid, asked.request.reason)
