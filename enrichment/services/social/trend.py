"""Whether people talk of something more than usual: a z-score over an exponentially weighted mean."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

SPAN = 24  # windows; one so long ago weighs about a seventh of the newest (e^-2)
HISTORY = 6  # windows that must lie before the one that is judged
TRENDING = 3.0  # standard deviations
FEWEST = 5  # mentions that make a trend


@dataclass(frozen=True)
class Trend:
    """How the newest window compares. `z` is in standard deviations; None while there is too little history."""

    mentions: int
    expected: float | None
    deviation: float | None
    z: float | None

    @property
    def trending(self) -> bool:
        """Whether this is far more than usual, and no handful."""
        return self.z is not None and self.z >= TRENDING and self.mentions >= FEWEST


def trend(counts: Sequence[int], span: int = SPAN) -> Trend:
    """Judge the last of the counts, oldest first, by those before it.

    Mean and variance are weighted by 2 / (span + 1) (West 1979; Finch 2009). The deviation is at least what
    counting alone brings (the square root of the mean, as of Poisson's distribution; 1 at least).
    """
    if not counts:
        return Trend(0, None, None, None)
    *past, current = counts
    if len(past) < HISTORY:
        return Trend(current, None, None, None)
    weight = 2 / (span + 1)
    mean, variance = float(past[0]), 0.0
    for count in past[1:]:
        step = weight * (count - mean)
        variance = (1 - weight) * (variance + step * (count - mean))
        mean += step
    deviation = sqrt(max(variance, mean, 1.0))
    return Trend(current, mean, deviation, (current - mean) / deviation)
