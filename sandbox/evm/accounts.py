"""Accounts that have money from the first block on. Their keys follow from the seed; everybody may know them."""

import hashlib
from dataclasses import dataclass

ETHER = 10**18
BALANCE = 10_000 * ETHER
LABELS = ("Treasury", "Desk 1", "Desk 2", "Desk 3", "Desk 4", "Desk 5", "Deployer", "Payroll")


@dataclass(frozen=True)
class Account:
    """A funded account; `key` is its private key in hex."""

    label: str
    address: str
    key: str

    def as_json(self) -> dict[str, str]:
        """As GET /sandbox/evm/accounts tells it."""
        return {"label": self.label, "address": self.address, "private_key": self.key}


def funded_accounts(seed: int) -> tuple[Account, ...]:
    """The accounts of a seed, the same each time."""
    return tuple(_account(seed, label) for label in LABELS)


def _account(seed: int, label: str) -> Account:
    from eth_keys.datatypes import PrivateKey

    secret = hashlib.sha256(f"evm account:{seed}:{label}".encode()).digest()
    return Account(label, PrivateKey(secret).public_key.to_checksum_address(), "0x" + secret.hex())
