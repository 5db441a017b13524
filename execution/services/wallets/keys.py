"""Private keys: of encrypted rows, of the environment, and the local chain's samples. Never logged."""

import re
from functools import lru_cache

from django.conf import settings

from enrichment.providers.evm.samples import sample_accounts
from execution.models import Wallet
from jobs.encryption import decrypt
from jobs.errors import Permanent

_KEY = re.compile(r"(0x)?[0-9a-fA-F]{64}")


def key_of(address: str) -> str:
    """The private key of an address, in hex. Permanent when nobody here has it."""
    row = Wallet.objects.filter(address=address, kind=Wallet.Kind.KEY).first()
    if row is not None and row.key:
        return str(decrypt(row.key))
    known = _of_environment(tuple(settings.EVM_PRIVATE_KEYS))
    known |= {account.address: account.private_key for account in sample_accounts()}
    if address not in known:
        raise Permanent(f"there is no key for {address}: add a wallet, or set EVM_PRIVATE_KEYS")
    return known[address]


def address_of(key: str) -> str:
    """The address of a private key. ValueError when it is none; the message does not repeat it."""
    from eth_account import Account

    problem = "is no private key: 0x and 64 hexadecimal digits"
    if not _KEY.fullmatch(key):  # the library takes a shorter one, too: another account than was meant
        raise ValueError(problem)
    try:
        return str(Account.from_key(key).address)
    except Exception:
        raise ValueError(problem) from None


def environment_addresses() -> tuple[str, ...]:
    """The addresses of EVM_PRIVATE_KEYS."""
    return tuple(_of_environment(tuple(settings.EVM_PRIVATE_KEYS)))


def _of_environment(keys: tuple[str, ...]) -> dict[str, str]:
    return {_address(key): key for key in keys}


@lru_cache(maxsize=64)
def _address(key: str) -> str:
    try:
        return address_of(key)
    except ValueError as error:
        raise Permanent(f"a key of EVM_PRIVATE_KEYS {error}") from None
