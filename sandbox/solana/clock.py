"""Slots, block times and blockhashes: all follow from the seed and the time, so nothing of it is stored."""

import hashlib
from collections.abc import Callable
from functools import lru_cache

from solders.hash import Hash

FIRST_SLOT = 300_000_000
SLOTS_PER_SECOND = 2.5
BLOCKHASH_LIFE = 150  # slots; as on the main network


class ChainClock:
    """The chain's time: what `wall` says (seconds since 1970), but never earlier than the last block."""

    def __init__(self, seed: int, start: int, wall: Callable[[], float]) -> None:
        self.seed = seed
        self.start = start
        self.wall = wall
        self.tip = start
        self.hash_of = lru_cache(maxsize=1000)(self._hash_of)

    def now(self) -> int:
        """The block time a transaction would get now."""
        return max(int(self.wall()), self.tip)

    def slot(self) -> int:
        """The slot of now."""
        return self.slot_at(self.now())

    def slot_at(self, moment: int) -> int:
        """The slot that was current at a time in seconds since 1970."""
        return FIRST_SLOT + int((moment - self.start) * SLOTS_PER_SECOND)

    def time_of(self, slot: int) -> int:
        """The block time of a slot."""
        return self.start + int((slot - FIRST_SLOT) / SLOTS_PER_SECOND)

    def blockhash(self) -> Hash:
        """The latest blockhash."""
        return self.hash_of(self.slot())

    def is_recent(self, blockhash: Hash) -> bool:
        """Whether a transaction with this blockhash may still land."""
        slot = self.slot()
        return any(self.hash_of(past) == blockhash for past in range(slot, slot - BLOCKHASH_LIFE - 1, -1))

    def _hash_of(self, slot: int) -> Hash:
        return Hash(hashlib.sha256(f"{self.seed}:{slot}".encode()).digest())
