"""Writes wallets: keys encrypted, smart accounts with their owner."""

from execution.models import Wallet
from execution.services.wallets.keys import address_of
from jobs.encryption import encrypt
from jobs.errors import Refused


def store_key(key: str, label: str = "") -> Wallet:
    """A wallet of a private key; the same key again is the same wallet. Refused when it is none."""
    try:
        address = address_of(key)
    except ValueError as error:
        raise Refused(f"The private key {error}.", {"privateKey": str(error)}) from None
    values = {"kind": Wallet.Kind.KEY, "key": encrypt(key), "owner": "", "label": label}
    return Wallet.objects.update_or_create(address=address, defaults=values)[0]


def store_smart_account(address: str, owner: str, label: str = "") -> Wallet:
    """A wallet that is a contract."""
    values = {"kind": Wallet.Kind.SMART_ACCOUNT, "key": None, "owner": owner, "label": label}
    return Wallet.objects.update_or_create(address=address, defaults=values)[0]
