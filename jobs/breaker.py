"""The circuit breaker: a pure state machine over what came of calls.

closed -> open when the share of failures in the window is too high; open -> half-open when its period is
over, for one probe; half-open -> ramp (2, 4, 8, ... calls at a time) -> closed while calls succeed; a failure
on the way opens it again, for twice as long. Times are milliseconds of one clock, periods seconds.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

_SLICES = 10  # parts of the window, which moves on by one part at a time


class Phase(StrEnum):
    """What a breaker lets through: everything, nothing, one probe, a few more each time."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"
    RAMP = "ramp"


class Verdict(StrEnum):
    """What a call says about the other side; neutral: nothing (cancelled, bad arguments, told to wait)."""

    GOOD = "good"
    BAD = "bad"
    NEUTRAL = "neutral"


@dataclass(frozen=True)
class Breaker:
    """When to open: at least `at_least` calls within `window` seconds, of which a `share` or more failed.

    `open_for` is the seconds until the first probe, doubled by each one that fails, up to `longest`.
    """

    share: float = 0.5
    window: float = 60.0
    at_least: int = 20
    open_for: float = 30.0
    longest: float = 600.0

    def faults(self) -> Iterator[str]:
        """What is wrong with these numbers, one sentence each."""
        if not 0 < self.share <= 1:
            yield f"breaker: share must be above 0 and at most 1, got {self.share!r}"
        if self.at_least < 1:
            yield f"breaker: at_least must be at least 1, got {self.at_least!r}"
        for name in ("window", "open_for"):
            if getattr(self, name) <= 0:
                yield f"breaker: {name} must be above 0, got {getattr(self, name)!r}"
        if self.longest < self.open_for:
            yield f"breaker: longest ({self.longest:g} s) is shorter than open_for ({self.open_for:g} s)"


@dataclass(frozen=True)
class Call:
    """A call that ended: when it started, and its verdict."""

    started_ms: float
    verdict: Verdict


@dataclass(frozen=True)
class Circuit:
    """A breaker's state.

    `since_ms` is when the phase began, `period_ms` the length of the open period. In half-open and ramp
    `allowed` calls make a step, of which `granted` were let through (the last at `granted_ms`) and
    `succeeded` came back well. `slices` are (start ms, good, bad) of the window's parts, oldest first.
    """

    phase: Phase = Phase.CLOSED
    since_ms: int = 0
    period_ms: int = 0
    allowed: int = 0
    granted: int = 0
    granted_ms: int = 0
    succeeded: int = 0
    slices: tuple[tuple[int, int, int], ...] = ()

    @property
    def due_ms(self) -> int:
        """When an open one lets a probe through."""
        return self.since_ms + self.period_ms


def room(circuit: Circuit, now_ms: int) -> int | None:
    """How many calls may be let through now; None for any number."""
    match circuit.phase:
        case Phase.CLOSED:
            return None
        case Phase.OPEN:
            return 1 if now_ms >= circuit.due_ms else 0
        case _:
            return circuit.allowed - _outstanding(circuit, now_ms)


def admit(circuit: Circuit, wanted: int, now_ms: int) -> tuple[Circuit, int]:
    """Let up to `wanted` calls through: the state after it, and how many."""
    free = room(circuit, now_ms)
    granted = wanted if free is None else min(wanted, free)
    if not granted or circuit.phase is Phase.CLOSED:
        return circuit, granted
    if circuit.phase is Phase.OPEN:
        half_open = Circuit(Phase.HALF_OPEN, now_ms, circuit.period_ms, 1, granted, now_ms)
        return half_open, granted
    taken = _outstanding(circuit, now_ms) + granted
    return replace(circuit, granted=taken, granted_ms=now_ms), granted


def record(breaker: Breaker, circuit: Circuit, calls: Iterable[Call], now_ms: int) -> Circuit:
    """The state after these calls ended. Those that started before the phase say nothing about it."""
    verdicts = [call.verdict for call in calls if call.started_ms >= circuit.since_ms]
    good, bad = verdicts.count(Verdict.GOOD), verdicts.count(Verdict.BAD)
    match circuit.phase:
        case Phase.CLOSED:
            return _watched(breaker, circuit, good, bad, now_ms)
        case Phase.OPEN:
            return circuit
        case _ if bad:
            period_ms = min(2 * circuit.period_ms, round(breaker.longest * 1000))
            return Circuit(Phase.OPEN, now_ms, period_ms)
        case _:
            back = verdicts.count(Verdict.NEUTRAL)
            granted = max(0, circuit.granted - back)
            return _stepped(breaker, replace(circuit, granted=granted), circuit.succeeded + good, now_ms)


def failure_share(circuit: Circuit) -> tuple[int, float | None]:
    """How many calls the window knows, and the share of them that failed."""
    good = sum(part[1] for part in circuit.slices)
    bad = sum(part[2] for part in circuit.slices)
    return good + bad, bad / (good + bad) if good + bad else None


def _watched(breaker: Breaker, circuit: Circuit, good: int, bad: int, now_ms: int) -> Circuit:
    watched = replace(circuit, slices=_moved_on(breaker, circuit.slices, good, bad, now_ms))
    calls, share = failure_share(watched)
    if share is not None and bad and calls >= breaker.at_least and share >= breaker.share:
        return Circuit(Phase.OPEN, now_ms, round(breaker.open_for * 1000))
    return watched


def _moved_on(
    breaker: Breaker, slices: tuple[tuple[int, int, int], ...], good: int, bad: int, now_ms: int
) -> tuple[tuple[int, int, int], ...]:
    window_ms = round(breaker.window * 1000)
    kept = [part for part in slices if part[0] > now_ms - window_ms]
    if kept and now_ms < kept[-1][0] + window_ms // _SLICES:
        start, good_before, bad_before = kept.pop()
        return (*kept, (start, good_before + good, bad_before + bad))
    return (*kept, (now_ms, good, bad))


def _stepped(breaker: Breaker, circuit: Circuit, succeeded: int, now_ms: int) -> Circuit:
    if succeeded < circuit.allowed:
        return replace(circuit, succeeded=succeeded)
    following = 2 * circuit.allowed
    if following > breaker.at_least:
        return Circuit(since_ms=now_ms)
    since_ms = now_ms if circuit.phase is Phase.HALF_OPEN else circuit.since_ms
    return Circuit(Phase.RAMP, since_ms, circuit.period_ms, following)


def _outstanding(circuit: Circuit, now_ms: int) -> int:
    """Calls let through in this step. After a period without an answer they count as lost."""
    lost = now_ms >= circuit.granted_ms + circuit.period_ms
    return circuit.succeeded if lost else circuit.granted
