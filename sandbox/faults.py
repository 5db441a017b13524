"""Faults on purpose: the share of requests that fail, and how, switchable while the server runs."""

import random
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from sandbox.http import Json


class BadFaultsError(ValueError):
    """The faults asked for make no sense; the message says which and why."""


@dataclass(frozen=True)
class Faults:
    """Shares are between 0 and 1; latency is added to every request, in milliseconds."""

    rate_limited: float = 0.0
    server_error: float = 0.0
    timeout: float = 0.0
    latency_ms: int = 0
    retry_after: int = 1
    paths: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("rate_limited", "server_error", "timeout"):
            if not 0 <= getattr(self, name) <= 1:
                raise BadFaultsError(f"{NAMES[name]} is a share between 0 and 1, not {getattr(self, name)}")
        if self.latency_ms < 0 or self.retry_after < 0:
            raise BadFaultsError("latency and retry_after must not be negative")
        if self.rate_limited + self.server_error + self.timeout > 1:
            raise BadFaultsError("the shares of 429, 500 and timeout add up to more than 1")

    def apply_to(self, path: str) -> bool:
        """Whether requests to this path may fail: all may, or those under one of `paths`."""
        return not self.paths or path.startswith(self.paths)

    def as_json(self) -> Json:
        """As shown by GET /sandbox/faults and taken by PUT."""
        return {NAMES[name]: value for name, value in asdict(self).items()}


NAMES = {
    "rate_limited": "429",
    "server_error": "500",
    "timeout": "timeout",
    "latency_ms": "latency",
    "retry_after": "retry_after",
    "paths": "paths",
}
FIELDS = {outer: inner for inner, outer in NAMES.items()}


def faults_from_text(text: str) -> Faults:
    """Read `429=0.1,500=0.05,latency=200ms,timeout=0.01`; raises BadFaultsError."""
    pairs: dict[str, Any] = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        name, equals, value = part.partition("=")
        if not equals:
            raise BadFaultsError(f"'{part}' is not of the form name=value")
        pairs[name.strip()] = value.strip()
    return faults_from_json(pairs)


def faults_from_json(body: Json) -> Faults:
    """Read what PUT /sandbox/faults got; what is not named is off. Raises BadFaultsError."""
    if not isinstance(body, dict):
        raise BadFaultsError("faults are an object of name and value")
    unknown = sorted(set(body) - set(FIELDS))
    if unknown:
        raise BadFaultsError(f"unknown fault '{unknown[0]}'; known are {', '.join(FIELDS)}")
    values = {FIELDS[name]: _value(FIELDS[name], value) for name, value in body.items()}
    return replace(Faults(), **values)


def _value(name: str, value: Any) -> Any:
    """Convert one value to the type of its field."""
    if name == "paths":
        paths = value.split("+") if isinstance(value, str) else value
        return tuple(str(path) for path in paths)
    kind = next(field.type for field in fields(Faults) if field.name == name)
    try:
        return int(str(value).removesuffix("ms")) if kind is int else float(value)
    except (TypeError, ValueError):
        raise BadFaultsError(f"{NAMES[name]} is a number, not '{value}'") from None


@dataclass(frozen=True)
class Verdict:
    """What happens to one request: it waits, and may then fail."""

    latency_ms: int = 0
    failure: str | None = None  # "rate_limited", "server_error", "timeout"


class FaultInjector:
    """Draws a verdict per request from a seeded source, so that a run can be repeated."""

    def __init__(self, faults: Faults, seed: int) -> None:
        self.faults = faults
        self._draw = random.Random(f"faults:{seed}")  # noqa: S311 -- repeatable faults, no secrets

    def verdict(self, path: str) -> Verdict:
        """The fate of the next request to this path."""
        if not self.faults.apply_to(path):
            return Verdict()
        point, failure = self._draw.random(), None
        for name in ("rate_limited", "server_error", "timeout"):
            share = getattr(self.faults, name)
            if point < share:
                failure = name
                break
            point -= share
        return Verdict(self.faults.latency_ms, failure)
