"""The objective of each queue: nearly all jobs start soon after they are due. Pure, over values."""

from collections.abc import Mapping
from dataclasses import dataclass

from jobs import histogram


@dataclass(frozen=True)
class Objective:
    """A share of jobs that start within so many seconds."""

    target: float = 0.95
    within: float = 30.0


def kept(objective: Objective, waits: Mapping[int, int]) -> float | None:
    """The share that did; None when nothing started."""
    return histogram.share_within(waits, objective.within)


def burn_rate(objective: Objective, waits: Mapping[int, int]) -> float | None:
    """How fast the allowance is used up: 1 is exactly all of it (Google's SRE workbook, chapter 5)."""
    share = kept(objective, waits)
    return None if share is None else (1 - share) / (1 - objective.target)


def drain_seconds(waiting: int, arriving: float, finishing: float) -> float | None:
    """How long the backlog lasts at these rates per minute; None when it does not shrink."""
    if not waiting:
        return 0.0
    shrinking = finishing - arriving
    return waiting / shrinking * 60 if shrinking > 0 else None
