"""Stored keys outlive a rotation of the keys that encrypt them."""

import pytest
from cryptography.fernet import Fernet
from django.conf import LazySettings

from execution.services.wallets.keys import key_of
from execution.services.wallets.store import store_key
from jobs.encryption import KeyMissing
from jobs.store.rotation import rotate

KEY = "0x" + "7" * 64


def test_a_rotation_encrypts_senders_keys_again(db: None, settings: LazySettings) -> None:
    old, new = (Fernet.generate_key().decode() for _ in range(2))
    settings.PAYLOAD_ENCRYPTION_KEYS = [old]
    address = store_key(KEY).address
    settings.PAYLOAD_ENCRYPTION_KEYS = [new, old]
    told: list[tuple[str, int]] = []
    rotate(lambda table, count: told.append((table, count)))
    assert ("execution_wallet", 1) in told
    settings.PAYLOAD_ENCRYPTION_KEYS = [new]
    assert key_of(address) == KEY
    settings.PAYLOAD_ENCRYPTION_KEYS = [old]
    with pytest.raises(KeyMissing):
        key_of(address)
