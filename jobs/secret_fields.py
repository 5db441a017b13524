"""Which fields of a payload are secret, and the payload with them encrypted, decrypted or blinded.

Secret are the fields that the task declares (`secret=("api_key",)`) and those whose type is one of
pydantic's secrets. Tasks without any pay nothing.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from jobs.arguments import signature_of
from jobs.encryption import decrypt, encrypt, is_encrypted, keyed_digest

Arguments = tuple[Sequence[Any], Mapping[str, Any]]
_SHORTEST = 4  # characters of a secret that is looked for in texts: shorter ones are in every text


@lru_cache(maxsize=4096)
def secret_fields(task: Any) -> frozenset[str]:
    """The names of a task's secret fields."""
    return frozenset(task.secret) | signature_of(task).secret


def sealed(task: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Arguments:
    """The payload as it is stored: secret fields encrypted."""
    return _each(task, args, kwargs, lambda value: value if is_encrypted(value) else encrypt(value))


def opened(task: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Arguments:
    """A stored payload with its secret fields decrypted. KeyMissing when no key fits."""
    return _each(task, args, kwargs, lambda value: decrypt(value) if is_encrypted(value) else value)


def blinded(task: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Arguments:
    """The payload with keyed digests for secret fields: equal for equal payloads, and safe to hash."""
    return _each(task, args, kwargs, keyed_digest)


def plaintexts(task: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> tuple[str, ...]:
    """The texts in an opened payload's secret fields, longest first."""
    found: list[Any] = []
    _each(task, args, kwargs, found.append)
    texts = {text for value in found for text in _leaves(value) if len(text) >= _SHORTEST}
    return tuple(sorted(texts, key=len, reverse=True))


def _each(
    task: Any, args: Sequence[Any], kwargs: Mapping[str, Any], change: Callable[[Any], Any]
) -> Arguments:
    secret = secret_fields(task)
    if not secret:
        return args, kwargs
    signature = signature_of(task)
    rest = signature.more_args or ""
    names = [*signature.positional, *(rest for _ in args[len(signature.positional) :])]
    changed = [change(value) if name in secret else value for name, value in zip(names, args, strict=False)]
    every = signature.more_kwargs in secret
    return changed, {
        name: change(value) if name in secret or (every and name not in signature.keyword) else value
        for name, value in kwargs.items()
    }


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from _leaves(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _leaves(inner)
    elif value is not None and not isinstance(value, bool):
        yield str(value)
