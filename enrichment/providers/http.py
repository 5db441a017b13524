"""HTTP to outsiders: timeouts everywhere, and every failure as the error that says what to do about it.

429 is RateLimited with the seconds of Retry-After; a network error, a timeout and 5xx are Transient; any
other refusal is Permanent. A service with a budget asks no faster than all workers together may.
Messages name the service and the path, never the query: keys travel there.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from os import getpid
from typing import Any
from urllib.parse import urlsplit

import httpx2

from enrichment.providers.budget import Budget
from jobs.errors import Permanent, RateLimited, Transient

_LIMITS = httpx2.Limits(max_connections=8, max_keepalive_connections=4)
_RETRY_AFTER = 5.0  # seconds, when a 429 does not say
_LONGEST_WAIT = 900.0  # seconds; the bound on what a Retry-After may ask for

# httpx2 logs every request with its query, and so the keys in it.
logging.getLogger("httpx2").setLevel(logging.WARNING)


@dataclass(frozen=True)
class Answer:
    """An answer as it came; header names are in small letters."""

    status: int
    headers: Mapping[str, str]
    content: bytes


@dataclass(frozen=True)
class Service:
    """An outsider: its name for people, how long it may take to connect and to answer, in seconds, its budget."""

    name: str
    connect: float = 5.0
    answer: float = 20.0
    budget: Budget | None = None

    def get(self, url: str, query: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Any:
        """The JSON at an address. Raises RateLimited, Transient, Permanent."""
        return self._within_budget("GET", url, params=dict(query), headers=dict(headers or {}))

    def post(self, url: str, body: Any) -> Any:
        """The JSON answer to a JSON body. Raises RateLimited, Transient, Permanent."""
        return self._within_budget("POST", url, json=body)

    def _within_budget(self, method: str, url: str, **request: Any) -> Any:
        if self.budget is None:
            return self._exchange(method, url, **request)
        self.budget.spend()
        try:
            return self._exchange(method, url, **request)
        except RateLimited as asked:
            self.budget.hold(asked.delay)
            raise

    def fetch(
        self,
        url: str,
        query: Mapping[str, Any],
        headers: Mapping[str, str] | None = None,
        *,
        follow: bool = False,
    ) -> Answer:
        """What is at an address, whatever its format; a 304 (not modified) is an answer, too.

        `follow` goes along redirects. Raises RateLimited, Transient, Permanent.
        """
        request = {"params": dict(query), "headers": dict(headers or {}), "follow_redirects": follow}
        response = self._send("GET", url, **request)
        return Answer(response.status_code, dict(response.headers), response.content)

    def _exchange(self, method: str, url: str, **request: Any) -> Any:
        try:
            return self._send(method, url, **request).json()
        except ValueError:
            raise Transient(f"{self._place(url)} answered with something that is no JSON") from None

    def _place(self, url: str) -> str:
        return f"{self.name} ({urlsplit(url).path or '/'})"

    def _send(self, method: str, url: str, **request: Any) -> httpx2.Response:
        place = self._place(url)
        if request.get("params") == {}:
            del request["params"]  # else httpx2 drops the query of the address
        try:
            timeout = httpx2.Timeout(self.answer, connect=self.connect)
            response = _client(getpid()).request(method, url, timeout=timeout, **request)
        except httpx2.TimeoutException:
            raise Transient(f"{place} did not answer in time") from None
        except httpx2.TransportError as error:
            raise Transient(f"{place} cannot be reached: {type(error).__name__}") from None
        except httpx2.InvalidURL:
            raise Permanent(f"the address of {self.name} is no URL") from None
        except httpx2.TooManyRedirects:
            raise Permanent(f"{place} redirects in a circle") from None
        _check(place, response)
        return response


def _check(place: str, response: httpx2.Response) -> None:
    status = response.status_code
    if status == 429:
        delay = asked_wait(response.headers, datetime.now(UTC))
        raise RateLimited(delay, f"{place} asks to wait {delay:g} s")
    if status >= 500 or status == 408:
        raise Transient(f"{place} answered {status}")
    if status >= 300 and status != 304:
        raise Permanent(f"{place} refused with {status}")


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
