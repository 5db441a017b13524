"""Which queues this dispatcher leads: a lease per queue, renewed in time, taken over when it lapses."""

import json
import secrets
import socket
import time
from collections.abc import Sequence

import redis

from jobs.dispatcher.sharing import Peer, to_hand_over
from jobs.fence import keys, scripts


class Leadership:
    """The leases of one dispatcher. `led` is what it may act on until `valid_until` (monotonic)."""

    def __init__(self, client: "redis.Redis", queues: Sequence[str], lease: float) -> None:
        self._client = client
        self._queues = list(queues)
        self._lease = lease
        self._lease_ms = int(lease * 1000)
        self._renew_at = 0.0
        self._renewed_at = 0.0
        self.identity = f"{socket.gethostname()}:{secrets.token_hex(4)}"
        self.led: set[str] = set()

    @property
    def renew_in(self) -> float:
        """Seconds until the leases should be renewed."""
        return max(0.0, self._renew_at - time.monotonic())

    def renew(self) -> set[str]:
        """Renew or take what can be had; answers with queues that are newly led.

        After a sleep longer than the lease everything is: others may have led it meanwhile, and be gone.
        """
        asked_at = time.monotonic()
        if asked_at - self._renewed_at >= self._lease:
            self.led = set()
        names = [keys.leader(queue) for queue in self._queues]
        held = scripts.run(self._client, "lead", names, [self.identity, self._lease_ms])
        now_led = {queue for queue, mine in zip(self._queues, held, strict=True) if mine}
        gained = now_led - self.led
        self.led = now_led
        self._renewed_at = asked_at
        self._renew_at = time.monotonic() + self._lease / 4
        return gained

    def extend(self) -> None:
        """In the middle of something long: renew what is led, when it is time and not too late for it."""
        asked_at = time.monotonic()
        if asked_at < self._renew_at or asked_at - self._renewed_at >= self._lease or not self.led:
            return
        led = sorted(self.led)
        held = scripts.run(
            self._client, "lead", [keys.leader(name) for name in led], [self.identity, self._lease_ms]
        )
        self.led = {name for name, mine in zip(led, held, strict=True) if mine}
        self._renewed_at = asked_at
        self._renew_at = time.monotonic() + self._lease / 4

    def surplus(self) -> tuple[str, str] | None:
        """A queue that another dispatcher should lead, and that one's id: meets the others."""
        said = json.dumps({"may_lead": self._queues, "leads": len(self.led)})
        told = scripts.run(self._client, "meet", [keys.DISPATCHERS], [self.identity, said, self._lease_ms])
        peers = {name: _peer(text) for name, text in zip(told[::2], told[1::2], strict=True)}
        return to_hand_over(frozenset(self.led), peers)

    def hand_over(self, queue: str, other: str) -> None:
        """Let another dispatcher lead a queue; everything that was read of it must be folded."""
        scripts.run(self._client, "handover", [keys.leader(queue)], [self.identity, other, self._lease_ms])
        self.led.discard(queue)

    def forget(self) -> None:
        """Redis was away: what is led has to be found out again."""
        self.led = set()
        self._renew_at = 0.0

    def resign(self) -> None:
        """Give up everything, so that others need not wait for the lease to lapse."""
        scripts.run(self._client, "yield", [keys.leader(queue) for queue in self._queues], [self.identity])
        self._client.hdel(keys.DISPATCHERS, self.identity)
        self.led = set()


def _peer(text: str) -> Peer:
    said = json.loads(text)
    return Peer(frozenset(said["may_lead"]), int(said["leads"]))
