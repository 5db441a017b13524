"""From a figure to points of risk, by a line through given points."""

from collections.abc import Sequence
from itertools import pairwise
from math import log10

Points = Sequence[tuple[float, float]]  # figure and points of risk, by rising figure


def along(figure: float, points: Points) -> float:
    """The points of risk of a figure: straight between the given ones, level beyond them."""
    if figure <= points[0][0]:
        return points[0][1]
    for (left, low), (right, high) in pairwise(points):
        if figure <= right:
            return low + (high - low) * (figure - left) / (right - left)
    return points[-1][1]


def along_magnitude(figure: float, points: Points) -> float:
    """As `along`, with a step from 1,000 to 10,000 as long as one from 10,000 to 100,000."""
    return along(log10(max(figure, 1.0)), [(log10(at), risk) for at, risk in points])
