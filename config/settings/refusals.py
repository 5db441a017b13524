"""Settings that nothing may start with: each is a way in that everybody knows."""

from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

DEVELOPMENT_KEY = "insecure-development-key-do-not-use-in-production-0123456789"
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1", "[::1]", ""})  # empty: a socket of this machine


def refusals(
    *, debug: bool, secret_key: str, hosts: Sequence[str], origins: Sequence[str], redis_url: str
) -> list[str]:
    """A sentence per setting that is refused; a site of this machine alone may have the defaults."""
    return list(_refusals(debug, secret_key, [*hosts, *map(_host, origins)], redis_url))


def _refusals(debug: bool, secret_key: str, names: Sequence[str], redis_url: str) -> Iterable[str]:
    others = [name for name in names if name not in _LOOPBACK]
    if debug and others:
        yield f"DEBUG is on, and {', '.join(others)} may be asked for: set DEBUG=false"
    if not debug and secret_key == DEVELOPMENT_KEY:
        yield "SECRET_KEY is the one that everybody knows: set a random one of 50 characters"
    address = urlsplit(redis_url)
    if not debug and not address.password and (address.hostname or "") not in _LOOPBACK:
        yield f"REDIS_URL: {address.hostname} is another machine, and has no password"


def _host(origin: str) -> str:
    return urlsplit(origin).hostname or origin
