"""What becomes of an attempt: one pure function, `decide`, over a policy, a tally and an error.

Strategies give the delay before retry number n (1 for the first). All times are seconds.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from jobs.errors import Permanent, Refused, Snooze, Transient

LONGEST_DELAY = 10 * 365 * 86_400.0  # seconds; beyond it no calendar of a database holds the moment


class Strategy(Protocol):
    """How long to wait before a retry."""

    def delay(self, retry: int, draw: float) -> float:
        """Seconds before retry number `retry` (from 1); `draw` is a random number in [0, 1)."""


@dataclass(frozen=True)
class Exponential:
    """`first`, `first * multiplier`, `first * multiplier ** 2`, ... up to `cap`.

    `jitter` is the share of the delay that is drawn at random: 0 none, 1 "full jitter" as in
    https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/.
    """

    first: float = 1.0
    multiplier: float = 2.0
    cap: float | None = None
    jitter: float = 0.0

    def delay(self, retry: int, draw: float) -> float:
        """See `Strategy.delay`."""
        exponent = min(retry - 1, 1000)
        try:
            full = self.first * float(self.multiplier) ** exponent
        except OverflowError:
            full = LONGEST_DELAY if self.first else 0.0
        return _jittered(_capped(full, self.cap), self.jitter, draw)


@dataclass(frozen=True)
class Linear:
    """`step`, `2 * step`, `3 * step`, ... up to `cap`."""

    step: float
    cap: float | None = None
    jitter: float = 0.0

    def delay(self, retry: int, draw: float) -> float:
        """See `Strategy.delay`."""
        return _jittered(_capped(self.step * retry, self.cap), self.jitter, draw)


@dataclass(frozen=True)
class Fixed:
    """Always `seconds`."""

    seconds: float
    jitter: float = 0.0

    def delay(self, retry: int, draw: float) -> float:
        """See `Strategy.delay`."""
        return _jittered(self.seconds, self.jitter, draw)


@dataclass(frozen=True)
class Custom:
    """Whatever `function(retry)` answers, in seconds; for use in code only, as it cannot be stored."""

    function: Callable[[int], float]

    def delay(self, retry: int, draw: float) -> float:
        """See `Strategy.delay`."""
        return max(0.0, float(self.function(retry)))


@dataclass(frozen=True)
class RetryPolicy:
    """When and how often a job is tried again.

    `retry_on` names errors that are always retried (as `Transient` is), `never_on` errors that never are;
    any other error is retried when `retry_unexpected` says so. `max_attempts` counts the first one; None is
    "for ever". A job may be snoozed at most `max_snoozes` times.
    """

    max_attempts: int | None = 3
    strategy: Strategy = field(default_factory=Exponential)
    retry_on: tuple[type[BaseException], ...] = ()
    never_on: tuple[type[BaseException], ...] = ()
    retry_unexpected: bool = True
    max_snoozes: int = 10_000


@dataclass(frozen=True)
class Tally:
    """What was used up: `attempt` is the number of the running attempt (from 1), `snoozes` those before."""

    attempt: int
    snoozes: int = 0


class RetryAsked(Exception):
    """Job code called `self.retry(...)`; the arguments override the policy for this one retry."""

    def __init__(self, cause: BaseException | None, delay: float | None, max_retries: int | None) -> None:
        super().__init__(str(cause) if cause else "retry asked for")
        self.cause = cause
        self.delay = delay
        self.max_retries = max_retries


@dataclass(frozen=True)
class Again:
    """Run the job again in `delay` seconds; `counts` says whether this used an attempt."""

    delay: float
    counts: bool
    reason: str


@dataclass(frozen=True)
class GiveUp:
    """The job failed; `retryable` tells the dead letter whether trying again could help."""

    retryable: bool
    reason: str


Decision = Again | GiveUp


def decide(policy: RetryPolicy, tally: Tally, error: BaseException, draw: float) -> Decision:
    """What follows an attempt that raised `error`; `draw` in [0, 1) feeds the jitter."""
    if isinstance(error, Snooze):
        return _snoozed(policy, tally, error)
    asked = error if isinstance(error, RetryAsked) else None
    if asked is None and not _may_retry(policy, error):
        permanent = _is_permanent(policy, error)
        return GiveUp(retryable=not permanent, reason=_not_retried(error, permanent=permanent))
    limit = policy.max_attempts
    if asked and asked.max_retries is not None:
        limit = asked.max_retries + 1
    if limit is not None and tally.attempt >= limit:
        return GiveUp(retryable=True, reason=f"attempt {tally.attempt} of {limit} failed")
    delay = asked.delay if asked and asked.delay is not None else policy.strategy.delay(tally.attempt, draw)
    return Again(_bounded(delay), counts=True, reason=f"attempt {tally.attempt} failed: {error}")


def _snoozed(policy: RetryPolicy, tally: Tally, error: Snooze) -> Decision:
    if tally.snoozes >= policy.max_snoozes:
        return GiveUp(retryable=True, reason=f"waited {tally.snoozes} times: {error}")
    return Again(_bounded(error.delay), counts=False, reason=str(error))


def _is_permanent(policy: RetryPolicy, error: BaseException) -> bool:
    """Bad input that job code passed on is bad the next time too, unless the task names the error."""
    if isinstance(error, Refused):
        return not isinstance(error, policy.retry_on)
    return isinstance(error, (Permanent, policy.never_on))


def _may_retry(policy: RetryPolicy, error: BaseException) -> bool:
    if _is_permanent(policy, error):
        return False
    return policy.retry_unexpected or isinstance(error, (Transient, policy.retry_on))


def _not_retried(error: BaseException, *, permanent: bool) -> str:
    if permanent:
        return f"{type(error).__name__} is never retried"
    return f"{type(error).__name__} is not among the errors that the task retries"


def _bounded(delay: float) -> float:
    return min(max(0.0, delay), LONGEST_DELAY)  # in this order NaN becomes 0


def _capped(delay: float, cap: float | None) -> float:
    return delay if cap is None else min(delay, cap)


def _jittered(delay: float, jitter: float, draw: float) -> float:
    return delay * (1.0 - jitter * draw)


_KINDS: dict[str, type[Exponential] | type[Linear] | type[Fixed]] = {
    "exponential": Exponential,
    "linear": Linear,
    "fixed": Fixed,
}


def to_plain(strategy: Strategy) -> dict[str, Any] | None:
    """The strategy as JSON, or None for one that only exists in code."""
    for kind, cls in _KINDS.items():
        if isinstance(strategy, cls):
            return {"kind": kind, **vars(strategy)}
    return None


def from_plain(plain: Mapping[str, Any]) -> Strategy:
    """The strategy that `to_plain` wrote. ValueError when it is none."""
    values = dict(plain)
    cls = _KINDS.get(str(values.pop("kind", "")))
    if cls is None:
        raise ValueError(f"kind must be one of {', '.join(_KINDS)}")
    try:
        strategy = cls(**values)
    except TypeError as error:
        raise ValueError(str(error)) from None
    _check_numbers(vars(strategy))
    return strategy


def _check_numbers(values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if name == "cap" and value is None:
            continue
        number = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
        if not number or value < 0:
            raise ValueError(f"{name} must be a number that is not negative, got {value!r}")
    if values["jitter"] > 1:
        raise ValueError(f"jitter must be between 0 and 1, got {values['jitter']!r}")
