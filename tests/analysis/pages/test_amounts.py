"""Amounts as the wallet pages show them."""

from decimal import Decimal

import pytest

from analysis.templatetags.wallets import quantity, short, signed, sol


@pytest.mark.parametrize(
    ("amount", "text"),
    [(None, "–"), ("0", "0.0000"), ("1234.56789", "1,234.5679"), ("-0.5", "−0.5000"), ("-0.00001", "0.0000")],
)
def test_sol(amount: str | None, text: str) -> None:
    assert sol(None if amount is None else Decimal(amount)) == text


@pytest.mark.parametrize(
    ("amount", "html"),
    [
        ("1.5", '<span class="gain">+1.5000</span>'),
        ("-1.5", '<span class="loss">−1.5000</span>'),
        ("0.00001", '<span class="even">0.0000</span>'),
        ("0", '<span class="even">0.0000</span>'),
    ],
)
def test_gains_and_losses(amount: str, html: str) -> None:
    assert signed(Decimal(amount)) == html


@pytest.mark.parametrize(
    ("amount", "text"),
    [("1234567.8", "1,234,568"), ("12.34567", "12.3457"), ("0.000012345", "0.00001234"), ("0", "0")],
)
def test_quantities(amount: str, text: str) -> None:
    assert quantity(Decimal(amount)) == text


def test_addresses_are_shown_by_their_ends() -> None:
    assert short("9D6Sev2h9BDb7ijfu5tSKi1WHfRHYz9duutcaEb5A9XE") == "9D6Sev…A9XE"
