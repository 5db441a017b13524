"""How values are spread: quantiles, and their concentration."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import floor

from analysis.services.pnl.exact import ZERO, exactly, share

_ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Spread:
    """Values in short; all zero when there are none."""

    count: int = 0
    total: Decimal = ZERO
    mean: Decimal = ZERO
    smallest: Decimal = ZERO
    median: Decimal = ZERO
    p90: Decimal = ZERO
    largest: Decimal = ZERO


def spread_of(values: Sequence[Decimal]) -> Spread:
    """The values in short, exactly."""
    if not values:
        return Spread()
    ordered = sorted(values)
    with exactly():
        total = sum(ordered, ZERO)
        return Spread(
            count=len(ordered),
            total=total,
            mean=share(total, _ONE, Decimal(len(ordered))),
            smallest=ordered[0],
            median=quantile(ordered, Decimal("0.5")),
            p90=quantile(ordered, Decimal("0.9")),
            largest=ordered[-1],
        )


def quantile(ordered: Sequence[Decimal], part: Decimal) -> Decimal:
    """The value below which that part lies, between neighbours in a straight line (Hyndman and Fan's type 7).

    NumPy's default. To be called within `exactly`.
    """
    place = part * (len(ordered) - 1)
    below = floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


@dataclass(frozen=True, slots=True)
class Concentration:
    """How a sum is spread over its parts.

    `hhi` is the Herfindahl-Hirschman index: the sum of the squared shares, 1 for a single part, 1/n for n
    equal ones; `effective` is its inverse. Zero throughout when there is nothing.
    """

    parts: int = 0
    hhi: Decimal = ZERO
    effective: Decimal = ZERO
    top_1: Decimal = ZERO
    top_3: Decimal = ZERO


def concentration_of(values: Sequence[Decimal]) -> Concentration:
    """The concentration of values that are not negative."""
    with exactly():
        total = sum(values, ZERO)
        if not total:
            return Concentration(parts=len(values))
        ordered = sorted(values, reverse=True)
        squares = sum((value * value for value in ordered), ZERO)
        return Concentration(
            parts=len(values),
            hhi=share(squares, _ONE, total * total),
            effective=share(total * total, _ONE, squares),
            top_1=share(ordered[0], _ONE, total),
            top_3=share(sum(ordered[:3], ZERO), _ONE, total),
        )
