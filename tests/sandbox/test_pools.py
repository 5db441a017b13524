"""The arithmetic of pools and the encodings, for any numbers."""

from hypothesis import given
from hypothesis import strategies as st

from sandbox.solana.encoding import from_base58, to_base58
from sandbox.solana.parsing import ui_amount
from sandbox.solana.pools import amount_out

RESERVES = st.integers(min_value=1, max_value=10**18)


@given(RESERVES, RESERVES, st.integers(min_value=0, max_value=10**18))
def test_a_swap_never_lowers_the_product_and_never_empties_a_pool(one: int, other: int, paid: int) -> None:
    got = amount_out(one, other, paid)
    assert 0 <= got < other
    assert (one + paid) * (other - got) >= one * other


def test_a_swap_costs_three_in_a_thousand() -> None:
    assert amount_out(1_000_000, 1_000_000, 1_000) == 996
    assert amount_out(10**12, 10**12, 10**6) == 996_999


@given(st.binary(max_size=80))
def test_base58_brings_back_what_it_was_given(data: bytes) -> None:
    assert from_base58(to_base58(data)) == data


def test_amounts_are_shown_exactly() -> None:
    assert ui_amount(1_500_000, 6) == {
        "amount": "1500000",
        "decimals": 6,
        "uiAmount": 1.5,
        "uiAmountString": "1.5",
    }
    assert ui_amount(12, 0)["uiAmountString"] == "12"
    assert ui_amount(10**19 + 1, 9)["uiAmountString"] == "10000000000.000000001"
