"""How many slots a queue could use now: what an autoscaler goes by. Pure, over values."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from jobs.limits import Limits


@dataclass(frozen=True)
class Load:
    """A queue as it is. Rates are jobs per minute, `seconds` is the mean run time, None when unknown."""

    waiting: int
    active: int
    arriving: float
    finishing: float
    seconds: float | None
    limits: Limits
    held_back: bool  # by a breaker


@dataclass(frozen=True)
class Signal:
    """`runnable`: jobs that a free slot would start now. `slots`: how many are worth having.

    `drain_seconds` is how long the backlog lasts at the present pace, None when it does not shrink.
    """

    runnable: int
    slots: int
    drain_seconds: float | None


def signal(load: Load, within: float) -> Signal:
    """Slots that keep up with what arrives and work the backlog off `within` seconds, as far as limits allow."""
    from monitoring.objective import drain_seconds

    runnable = _runnable(load, within)
    seconds = load.seconds if load.seconds is not None else 1.0
    needed = math.ceil((load.arriving / 60 + runnable / within) * seconds) if runnable or load.arriving else 0
    wanted = min(max(needed, load.active, int(runnable > 0)), load.active + runnable)
    return Signal(runnable, wanted, drain_seconds(load.waiting, load.arriving, load.finishing))


def together(parts: Sequence[Signal]) -> Signal:
    """The signal of a queue out of those of its parts: it is drained when the last of them is."""
    drains = [part.drain_seconds for part in parts]
    known = [drain for drain in drains if drain is not None]
    return Signal(
        sum(part.runnable for part in parts),
        sum(part.slots for part in parts),
        max(known, default=0.0) if len(known) == len(drains) else None,
    )


def _runnable(load: Load, within: float) -> int:
    limits = load.limits
    if limits.paused or load.held_back:
        return 0
    bounds = [load.waiting]
    if limits.max_running is not None:
        bounds.append(limits.max_running - load.active)
    if limits.rate is not None:
        bounds.append(math.ceil(limits.rate.limit * max(1.0, within / limits.rate.seconds)))
    return max(0, min(bounds))
