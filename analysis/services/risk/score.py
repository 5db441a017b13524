"""The parts together: one score, 1 (little risk) to 100 (much)."""

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.services.risk.parts import Part

_WORST_COUNTS = 0.75  # a coin is at least so risky as this share of its worst part: one hole sinks a ship
LEVELS = ((25, "low"), (50, "moderate"), (75, "high"), (100, "critical"))  # up to and with this score


@dataclass(frozen=True)
class Score:
    """The score with its level and its parts."""

    value: int
    level: str
    parts: tuple[Part, ...]


def score_of(parts: Sequence[Part]) -> Score | None:
    """The weighted mean of what is known, never below three quarters of the worst part; None without any."""
    known = [(one.weight, one.points) for one in parts if one.points is not None]
    if not known:
        return None
    mean = sum(weight * points for weight, points in known) / sum(weight for weight, _ in known)
    worst = max(points for _, points in known)
    value = max(1, min(100, round(max(mean, worst * _WORST_COUNTS))))
    return Score(value, level_of(value), tuple(parts))


def level_of(value: int) -> str:
    """The word for a score."""
    return next(level for most, level in LEVELS if value <= most)
