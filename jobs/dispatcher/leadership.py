"""Which queues this dispatcher leads: a lease per queue, renewed in time, taken over when it lapses."""

import secrets
import socket
import time
from collections.abc import Sequence

import redis

from jobs.fence import keys, scripts


class Leadership:
    """The leases of one dispatcher. `led` is what it may act on until `valid_until` (monotonic)."""

    def __init__(self, client: "redis.Redis", queues: Sequence[str], lease: float) -> None:
        self._client = client
        self._queues = list(queues)
        self._lease = lease
        self._renew_at = 0.0
        self.identity = f"{socket.gethostname()}:{secrets.token_hex(4)}"
        self.led: set[str] = set()

    @property
    def renew_in(self) -> float:
        """Seconds until the leases should be renewed."""
        return max(0.0, self._renew_at - time.monotonic())

    def renew(self) -> set[str]:
        """Renew or take what can be had; answers with queues that are newly led."""
        names = [keys.leader(queue) for queue in self._queues]
        held = scripts.run(self._client, "lead", names, [self.identity, int(self._lease * 1000)])
        now_led = {queue for queue, mine in zip(self._queues, held, strict=True) if mine}
        gained = now_led - self.led
        self.led = now_led
        self._renew_at = time.monotonic() + self._lease / 4
        return gained

    def forget(self) -> None:
        """Redis was away: what is led has to be found out again."""
        self.led = set()
        self._renew_at = 0.0

    def resign(self) -> None:
        """Give up everything, so that others need not wait for the lease to lapse."""
        scripts.run(self._client, "yield", [keys.leader(queue) for queue in self._queues], [self.identity])
        self.led = set()
