"""Keypairs that follow from the seed, so that tests and restarts find the same addresses."""

import hashlib

from solders.keypair import Keypair
from solders.pubkey import Pubkey


def keypair(seed: int, name: str) -> Keypair:
    """The keypair of a named party, such as "wallet/scalper-1"."""
    return Keypair.from_seed(hashlib.sha256(f"millrace sandbox:{seed}:{name}".encode()).digest())


def address(key: Keypair) -> Pubkey:
    """The address of a keypair, read from its second half: `pubkey()` computes it anew each time."""
    return Pubkey(bytes(key)[32:])
