"""How unevenly something is held: Gini, Herfindahl-Hirschman, the share of the largest.

Exact over whole amounts, so that equal holdings give 0 and not nearly 0.
"""

from collections.abc import Sequence
from fractions import Fraction


def gini(amounts: Sequence[int]) -> Fraction:
    """The Gini coefficient: 0 when all hold the same, towards 1 when one holds all.

    G = 2 * sum(i * x_i) / (n * sum(x)) - (n + 1) / n over amounts in rising order (i from 1); 0 for nobody.
    """
    ordered = sorted(amounts)
    total, count = sum(ordered), len(ordered)
    if not total:
        return Fraction(0)
    weighted = sum(rank * amount for rank, amount in enumerate(ordered, 1))
    return Fraction(2 * weighted, count * total) - Fraction(count + 1, count)


def hhi(amounts: Sequence[int], total: int) -> Fraction:
    """The Herfindahl-Hirschman index: the sum of the squared shares of `total`, 0 to 1.

    Multiply by 10,000 for the points that competition authorities use. Whoever is not listed counts as
    holding next to nothing, so over a part of the holders this is a lower bound.
    """
    return sum((Fraction(amount, total) ** 2 for amount in amounts), Fraction(0)) if total else Fraction(0)


def share_of_largest(amounts: Sequence[int], total: int, count: int = 10) -> Fraction:
    """The share of `total` that the `count` largest hold, 0 to 1."""
    return Fraction(sum(sorted(amounts, reverse=True)[:count]), total) if total else Fraction(0)
