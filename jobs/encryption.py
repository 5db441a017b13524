"""Values that are stored encrypted: Fernet, with the keys of PAYLOAD_ENCRYPTION_KEYS.

The first key encrypts, all of them decrypt. An encrypted value is `{"__encrypted__": "key.token"}`, where
`key` names the key by the beginning of its digest, so that a rotation finds what is left to do.
"""

import hashlib
from collections.abc import Sequence
from functools import cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.utils.crypto import salted_hmac

from jobs import celery_json
from jobs.errors import Unavailable

MARK = "__encrypted__"


class KeyMissing(Unavailable):
    """A value was encrypted with a key that is not among PAYLOAD_ENCRYPTION_KEYS."""


def is_encrypted(value: Any) -> bool:
    """Whether this is what `encrypt` made of a value."""
    return isinstance(value, dict) and len(value) == 1 and isinstance(value.get(MARK), str)


def encrypt(value: Any) -> dict[str, str]:
    """A JSON value, encrypted with the first key. KeyMissing when there is none."""
    keys = _keys()
    if not keys:
        raise KeyMissing("A secret field cannot be stored: set PAYLOAD_ENCRYPTION_KEYS.")
    return {MARK: seal(celery_json.dumps(value).encode())}


def decrypt(value: dict[str, str]) -> Any:
    """The value again. KeyMissing when none of the keys fits."""
    return celery_json.loads(unseal(value[MARK]).decode())


def seal(text: bytes) -> str:
    """Text as `key.token`, by the first key."""
    first = _keys()[0]
    return f"{key_name(first)}.{Fernet(first).encrypt(text).decode()}"


def unseal(sealed: str) -> bytes:
    """The text of `key.token`. KeyMissing when no key fits."""
    name, _, token = sealed.partition(".")
    for key in _keys():
        if key_name(key) == name:
            try:
                return Fernet(key).decrypt(token)
            except InvalidToken:
                break
    raise KeyMissing("A secret field was encrypted with a key that is not among PAYLOAD_ENCRYPTION_KEYS.")


def current_key() -> str:
    """The name of the key that encrypts."""
    return key_name(_keys()[0])


@cache
def key_name(key: str) -> str:
    """A key's name: it tells keys apart and gives nothing away."""
    return hashlib.sha256(key.encode()).hexdigest()[:8]


def keyed_digest(value: Any) -> str:
    """A digest that is equal for equal values, and that nobody without SECRET_KEY can try values against.

    Of SECRET_KEY, not of the encryption keys: unique keys must outlive a rotation.
    """
    text = celery_json.dumps(value, sort_keys=True)
    return salted_hmac("jobs.encryption", text, algorithm="sha256").hexdigest()


def faulty_keys() -> list[int]:
    """The places (from 1) of keys that are none: 32 bytes in URL-safe base64."""
    return [place for place, key in enumerate(_keys(), 1) if not _fits(key)]


def has_keys() -> bool:
    """Whether anything can be encrypted."""
    return bool(_keys())


def _fits(key: str) -> bool:
    try:
        Fernet(key)
    except ValueError:
        return False
    return True


def _keys() -> Sequence[str]:
    return tuple(getattr(settings, "PAYLOAD_ENCRYPTION_KEYS", ()))
