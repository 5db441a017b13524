"""HTTP to outsiders: timeouts everywhere, and every failure as the error that says what to do about it.

429 is RateLimited with the seconds of Retry-After; a network error, a timeout, 5xx and an answer that nobody
understands are Transient; any other refusal is Permanent. How often and how fast is asked: see `asking`.
Messages name the service and the path of a GET, never a query or the address of a node: keys travel there.
"""

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from os import getpid
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx2
from django.conf import settings

from enrichment.providers.addresses import is_sandbox
from enrichment.providers.asking import ask
from enrichment.providers.budget import PATIENCE, Budget, Provider
from jobs.errors import Permanent, RateLimited, Transient

_LIMITS = httpx2.Limits(max_connections=8, max_keepalive_connections=4)
_RETRY_AFTER = 5.0  # seconds, when a 429 does not say
_LONGEST_WAIT = 900.0  # seconds; the bound on what a Retry-After may ask for

# What code meets that reads an answer of another shape than it expects.
STUMBLES = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError)

T = TypeVar("T")

# httpx2 logs every request with its query, and so the keys in it.
logging.getLogger("httpx2").setLevel(logging.WARNING)


class NotUnderstood(Exception):
    """An answer is not what it should be; the message ends the sentence "it answered with"."""


class HttpRefused(Permanent):
    """An outsider refused a request for good; `status` is what it answered."""

    def __init__(self, place: str, status: int) -> None:
        told = f"{place} refused with {status}"
        if status in {401, 403}:
            told += ": the key or the address that the settings have for it is not accepted"
        super().__init__(told)
        self.status = status


@dataclass(frozen=True)
class Answer:
    """An answer as it came; header names are in small letters."""

    status: int
    headers: Mapping[str, str]
    content: bytes


@dataclass(frozen=True)
class Service:
    """An outsider: its name for people and for its budget, and how many seconds it may take.

    `by_host`: each host has a budget of its own. Without a `provider` it is asked once: somebody waits for a
    page. `patience`: seconds that a request waits for its turn. `answer` None: settings.PROVIDER_TIMEOUT.
    `largest`: bytes of an answer. The functions given as `read` turn an answer into what is wanted; whatever
    they stumble over is not understood.
    """

    name: str
    provider: Provider | None = None
    by_host: bool = False
    patience: float = PATIENCE
    connect: float = 5.0
    answer: float | None = None
    largest: int = 64_000_000

    def get(
        self,
        url: str,
        query: Mapping[str, Any],
        read: Callable[[Any], T],
        headers: Mapping[str, str] | None = None,
    ) -> T:
        """What is read from the JSON at an address. Raises RateLimited, Transient, Permanent."""
        return self._ask(
            _Call("GET", url, self._place(url), _asking(query, headers)), lambda answer: read(_json(answer))
        )

    def post(self, url: str, body: Any, read: Callable[[Any], T], *, about: str = "", requests: int = 1) -> T:
        """What is read from the JSON answer to a JSON body that may be sent twice; `about` names it for people.

        `requests` is what it costs of the budget. Raises RateLimited, Transient, Permanent.
        """
        place = f"{self.name} ({about})" if about else self.name
        call = _Call("POST", url, place, {"json": body}, requests)
        return self._ask(call, lambda answer: read(_json(answer)))

    def fetch(
        self,
        url: str,
        query: Mapping[str, Any],
        read: Callable[[Answer], T],
        headers: Mapping[str, str] | None = None,
    ) -> T:
        """What is read from an answer in any format, along redirects; a 304 (not modified) is one, too.

        Raises RateLimited, Transient, Permanent.
        """
        request = _asking(query, headers) | {"follow_redirects": True}
        return self._ask(_Call("GET", url, self._place(url), request), read)

    def _place(self, url: str) -> str:
        return f"{self.name} ({urlsplit(url).path or '/'})"

    def _ask(self, call: "_Call", read: Callable[[Answer], T]) -> T:
        def once() -> T:
            answer = self._send(call)
            with understanding(call.place):
                return read(answer)

        if self.provider is None:
            return once()
        part = urlsplit(call.url).netloc.rpartition("@")[2] if self.by_host else ""
        budget = Budget(self.provider, part, is_sandbox(call.url), self.patience)
        return ask(budget, once, call.requests)

    def _send(self, call: "_Call") -> Answer:
        timeout = httpx2.Timeout(self.answer or settings.PROVIDER_TIMEOUT, connect=self.connect)
        client = _client(getpid())
        try:
            with client.stream(call.method, call.url, timeout=timeout, **call.request) as response:
                _check(call.place, response)
                content = self._bounded(call.place, response)
        except httpx2.TimeoutException:
            raise Transient(f"{call.place} did not answer in time") from None
        except httpx2.TransportError as error:
            raise Transient(f"{call.place} cannot be reached: {type(error).__name__}") from None
        except httpx2.InvalidURL:
            raise Permanent(f"the address of {self.name} is no URL") from None
        except httpx2.TooManyRedirects:
            raise Permanent(f"{call.place} redirects in a circle") from None
        except httpx2.DecodingError:
            raise Transient(f"{call.place} answered with something that cannot be unpacked") from None
        return Answer(response.status_code, dict(response.headers), content)

    def _bounded(self, place: str, response: httpx2.Response) -> bytes:
        """The body, unpacked; Permanent as soon as it is larger than anything that was meant."""
        content = bytearray()
        for part in response.iter_bytes():
            content += part
            if len(content) > self.largest:
                raise Permanent(f"{place} answered with more than {self.largest:,} bytes")
        return bytes(content)


SANDBOX = Service("the sandbox", connect=0.5, answer=2.0)


@dataclass(frozen=True)
class _Call:
    """A request, how people are told of it, and how many requests of the budget it is."""

    method: str
    url: str = field(repr=False)
    place: str
    request: Mapping[str, Any] = field(repr=False)
    requests: int = 1


def _asking(query: Mapping[str, Any], headers: Mapping[str, str] | None) -> dict[str, Any]:
    """A query and headers; an empty query would take away the one in the address."""
    return ({"params": dict(query)} if query else {}) | {"headers": dict(headers or {})}


def _json(answer: Answer) -> Any:
    try:
        return json.loads(answer.content)
    except (ValueError, RecursionError):
        raise NotUnderstood("something that is no JSON") from None


@contextmanager
def understanding(place: str) -> Iterator[None]:
    """Around what reads an answer: whatever it stumbles over is Transient."""
    try:
        yield
    except NotUnderstood as error:
        raise Transient(f"{place} answered with {error}") from None
    except STUMBLES as error:
        told = f"{place} answered in a shape that is not understood: {type(error).__name__}"
        raise Transient(told) from None


def _check(place: str, response: httpx2.Response) -> None:
    status = response.status_code
    if status == 429:
        delay = asked_wait(response.headers, datetime.now(UTC))
        raise RateLimited(delay, f"{place} asks to wait {delay:g} s")
    if status >= 500 or status == 408:
        raise Transient(f"{place} answered {status}")
    if status >= 300 and status != 304:
        raise HttpRefused(place, status)


def asked_wait(headers: Mapping[str, str], now: datetime) -> float:
    """Seconds that a 429 asks for: its Retry-After, else X's x-rate-limit-reset (seconds since 1970)."""
    reset = headers.get("x-rate-limit-reset", "")
    if "retry-after" in headers or not reset.isdigit():
        return retry_after(headers.get("retry-after"), now)
    return min(_LONGEST_WAIT, max(0.0, int(reset) - now.timestamp()))


def retry_after(header: str | None, now: datetime) -> float:
    """Seconds to wait by a Retry-After header: a number or an HTTP date (RFC 9110, 10.2.3), bounded."""
    try:
        seconds = float(header) if header else _RETRY_AFTER
    except ValueError:
        seconds = _until(header or "", now)
    return min(_LONGEST_WAIT, max(0.0, seconds))


def _until(date: str, now: datetime) -> float:
    try:
        return (parsedate_to_datetime(date).astimezone(UTC) - now).total_seconds()
    except ValueError:
        return _RETRY_AFTER


@cache
def _client(process: int) -> httpx2.Client:
    """One per process: sockets must not be shared across a fork."""
    return httpx2.Client(limits=_LIMITS, follow_redirects=False)
