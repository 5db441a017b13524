"""Columns of other applications are encrypted again, too."""

import pytest
from cryptography.fernet import Fernet
from django.conf import LazySettings
from django.contrib.auth.models import User

from enrichment.models import ExchangeAccount
from jobs.encryption import MARK, current_key, decrypt, encrypt
from jobs.store.rotation import rotate


@pytest.mark.django_db(transaction=True)
def test_the_keys_of_exchange_accounts_are_rotated(settings: LazySettings) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.PAYLOAD_ENCRYPTION_KEYS = [old]
    sealed = encrypt({"key": "k", "secret": "s", "passphrase": ""})
    user = User.objects.create_user("operator")
    row = ExchangeAccount.objects.create(
        user=user, exchange="binance", label="Mine", keys=sealed, hint="…", digest="d"
    )
    settings.PAYLOAD_ENCRYPTION_KEYS = [new, old]
    told: list[tuple[str, int]] = []
    rotate(lambda table, count: told.append((table, count)))
    row.refresh_from_db()
    assert ("enrichment_exchangeaccount", 1) in told
    assert row.keys[MARK].startswith(f"{current_key()}.")
    settings.PAYLOAD_ENCRYPTION_KEYS = [new]
    assert decrypt(row.keys) == {"key": "k", "secret": "s", "passphrase": ""}
