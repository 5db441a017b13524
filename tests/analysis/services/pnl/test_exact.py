"""Exact decimals and the one rounding."""

from decimal import Decimal, Inexact, getcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.services.pnl.exact import exactly, plain, share

LONG = Decimal("1234567890.123456789012345678901234567890123456789")


def test_products_keep_every_digit_inside_and_the_context_outside_is_untouched() -> None:
    before = getcontext().prec
    with exactly():
        assert Fraction(LONG * LONG) == Fraction(LONG) ** 2
    assert getcontext().prec == before


def test_a_quotient_without_finite_form_raises_instead_of_being_rounded_silently() -> None:
    with exactly(), pytest.raises(Inexact):
        Decimal(1) / Decimal(3)


def test_a_share_is_exact_when_it_is_finite_and_else_rounded_half_to_even_at_fifty_places() -> None:
    assert share(Decimal(10), Decimal(3), Decimal(8)) == Decimal("3.75")
    assert str(share(Decimal(2), Decimal(1), Decimal(3))) == "0." + "6" * 49 + "7"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("1.50E+3", "1500"),
        ("-0.00", "0"),
        ("1E-20", "0." + "0" * 19 + "1"),
        ("100", "100"),
        ("-2.10", "-2.1"),
    ],
)
def test_decimals_are_written_plainly(value: str, text: str) -> None:
    assert plain(Decimal(value)) == text


@given(st.decimals(allow_nan=False, allow_infinity=False, places=18))
def test_what_is_written_is_what_is_read_back(value: Decimal) -> None:
    assert Decimal(plain(value)) == value
