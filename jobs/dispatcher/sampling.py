"""How deep and how old the backlogs are, looked at now and then by the leader of each queue."""

import time
from collections.abc import Iterable

import redis

from jobs.fence import keys
from jobs.queries.backlog import backlogs
from jobs.store.metrics import Sample, write_samples

_EVERY = 15.0  # seconds


class Sampler:
    """Samples into the time series (`jobs.store.metrics`)."""

    def __init__(self, client: "redis.Redis") -> None:
        self._client = client
        self._due = 0.0

    def work(self, queues: Iterable[str]) -> None:
        """Sample these queues when it is time."""
        names = sorted(queues)
        if not names or time.monotonic() < self._due:
            return
        self._due = time.monotonic() + _EVERY
        epoch, *fenced = self._client.mget([keys.EPOCH, *(keys.fenced(name) for name in names)])
        found = backlogs(names)
        write_samples(
            [
                Sample(name, found[name].waiting.value, found[name].oldest, int(count or 0), str(epoch or ""))
                for name, count in zip(names, fenced, strict=True)
            ],
            time.time(),
        )
