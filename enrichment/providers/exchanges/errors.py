"""What ccxt raises, as the errors that say what to do about it.

Its own messages hold the whole address, with the signature, and the body; none of that is repeated.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from enrichment.providers.http import retry_after, understanding
from jobs.errors import JobError, Permanent, RateLimited, Transient

_REFUSALS = (  # of ccxt.base.errors, the most special first
    ("AccountNotEnabled", "says that the account is not enabled"),
    ("AccountSuspended", "says that the account is suspended"),
    ("PermissionDenied", "says that the key may not do this"),
    ("AuthenticationError", "refused the key or its secret"),
    ("OrderNotFound", "knows no such order"),
    ("BadSymbol", "knows no such market"),
    ("NotSupported", "does not offer this"),
    ("ArgumentsRequired", "wants more than it was asked"),
    ("BadRequest", "refused the request"),
    ("InvalidOrder", "refused the order"),
)


class KeysRefused(Permanent):
    """The exchange does not accept the account's key."""


class NothingThere(Permanent):
    """The exchange knows no such order, or no such market: old ones are cleared away."""


@contextmanager
def ccxt_errors(name: str, client: Any) -> Iterator[None]:
    """Raise RateLimited, KeysRefused, Permanent or Transient in the place of what ccxt raises."""
    import ccxt

    try:
        with understanding(name):
            yield
    except ccxt.BaseError as error:
        raise translated(name, error, client.last_response_headers) from None


def translated(name: str, error: Exception, headers: Any) -> JobError:
    """The error of ours that an error of ccxt means."""
    import ccxt

    if isinstance(error, (ccxt.DDoSProtection, ccxt.RateLimitExceeded)):
        given = (headers or {}).get("Retry-After")
        delay = retry_after(given, datetime.now(UTC))
        return RateLimited(delay, f"{name} asks to wait {delay:g} s")
    for kind, words in _REFUSALS:
        if isinstance(error, getattr(ccxt, kind)):
            return _refused(error)(f"{name} {words}")
    if isinstance(error, ccxt.RequestTimeout):
        return Transient(f"{name} did not answer in time")
    if isinstance(error, ccxt.InvalidNonce):
        return Transient(f"{name} says that this machine's clock is off")
    if isinstance(error, ccxt.NetworkError):
        return Transient(f"{name} cannot be reached or is out of order: {type(error).__name__}")
    return Transient(f"{name} answered with an error: {type(error).__name__}")


def _refused(error: Exception) -> type[Permanent]:
    import ccxt

    if isinstance(error, ccxt.AuthenticationError):
        return KeysRefused
    return NothingThere if isinstance(error, (ccxt.OrderNotFound, ccxt.BadSymbol)) else Permanent
