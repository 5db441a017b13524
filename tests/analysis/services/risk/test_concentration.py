"""Gini, HHI and the share of the largest, by hand and as laws."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.services.risk.concentration import gini, hhi, share_of_largest

AMOUNTS = st.lists(st.integers(0, 10**18), min_size=1, max_size=40).filter(any)


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [
        ([5, 5, 5, 5], Fraction(0)),
        ([0, 0, 0, 10], Fraction(3, 4)),
        ([1, 2, 3, 4], Fraction(1, 4)),
        ([1, 3], Fraction(1, 4)),
        ([7], Fraction(0)),
        ([], Fraction(0)),
        ([0, 0], Fraction(0)),
    ],
)
def test_gini_by_hand(amounts: list[int], expected: Fraction) -> None:
    assert gini(amounts) == expected


@pytest.mark.parametrize(
    ("amounts", "total", "expected"),
    [
        ([10], 10, Fraction(1)),
        ([5, 5], 10, Fraction(1, 2)),
        ([1] * 10, 10, Fraction(1, 10)),
        ([3, 1], 10, Fraction(1, 10)),  # the rest is held by others, in crumbs
        ([], 0, Fraction(0)),
    ],
)
def test_hhi_by_hand(amounts: list[int], total: int, expected: Fraction) -> None:
    assert hhi(amounts, total) == expected


def test_the_share_of_the_largest_by_hand() -> None:
    assert share_of_largest([1, 9, 2, 8], 20, 2) == Fraction(17, 20)
    assert share_of_largest([1, 9], 20) == Fraction(1, 2)
    assert share_of_largest([], 0) == 0


@given(AMOUNTS)
def test_gini_is_between_0_and_what_one_owner_of_all_would_make(amounts: list[int]) -> None:
    assert 0 <= gini(amounts) <= 1 - Fraction(1, len(amounts))


@given(AMOUNTS)
def test_hhi_is_between_equal_shares_and_1(amounts: list[int]) -> None:
    assert Fraction(1, len(amounts)) <= hhi(amounts, sum(amounts)) <= 1


@given(AMOUNTS, st.integers(1, 1000))
def test_neither_depends_on_the_unit_or_the_order(amounts: list[int], factor: int) -> None:
    scaled = [amount * factor for amount in reversed(amounts)]
    assert gini(scaled) == gini(amounts)
    assert hhi(scaled, sum(scaled)) == hhi(amounts, sum(amounts))


@given(AMOUNTS)
def test_gini_is_half_the_mean_difference_over_the_mean(amounts: list[int]) -> None:
    differences = sum(abs(one - other) for one in amounts for other in amounts)
    assert gini(amounts) == Fraction(differences, 2 * len(amounts) * sum(amounts))


@given(AMOUNTS, st.integers(1, 10))
def test_a_transfer_from_richest_to_poorest_never_concentrates(amounts: list[int], share: int) -> None:
    ordered = sorted(amounts)
    moved = (ordered[-1] - ordered[0]) // (2 * share)
    after = [ordered[0] + moved, *ordered[1:-1], ordered[-1] - moved] if len(ordered) > 1 else ordered
    assert gini(after) <= gini(amounts)
    assert hhi(after, sum(after)) <= hhi(amounts, sum(amounts))


@given(AMOUNTS, st.integers(1, 50))
def test_more_of_the_largest_hold_more_and_all_hold_all(amounts: list[int], count: int) -> None:
    total = sum(amounts)
    assert share_of_largest(amounts, total, count) <= share_of_largest(amounts, total, count + 1) <= 1
    assert share_of_largest(amounts, total, len(amounts)) == 1
