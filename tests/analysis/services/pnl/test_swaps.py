"""Swaps become entries."""

from decimal import Decimal

from analysis.services.pnl.entries import Entry, Kind
from analysis.services.pnl.lots import Method
from analysis.services.pnl.report import calculate
from analysis.services.pnl.swaps import Swap, entries_of_swap
from tests.analysis.services.pnl.histories import on_day

THREE, TEN, FEE = Decimal(3), Decimal(10), Decimal("0.5")


def test_a_swap_of_two_tokens_is_a_sale_then_a_purchase_that_bears_the_fee() -> None:
    swap = Swap(on_day(1), "AAA", THREE, "BBB", TEN, Decimal(60), FEE, "SOL", "sig")
    assert entries_of_swap(swap, "USD") == [
        Entry(on_day(1), Kind.SELL, "AAA", THREE, Decimal(60), reference="sig"),
        Entry(on_day(1), Kind.BUY, "BBB", TEN, Decimal(60), FEE, "SOL", "sig"),
    ]


def test_the_side_that_is_the_quote_currency_is_money() -> None:
    bought = Swap(on_day(1), "SOL", TEN, "AAA", THREE, TEN, FEE, "SOL")
    sold = Swap(on_day(2), "AAA", THREE, "SOL", TEN, TEN, FEE, "SOL")
    assert entries_of_swap(bought, "SOL") == [Entry(on_day(1), Kind.BUY, "AAA", THREE, TEN, FEE)]
    assert entries_of_swap(sold, "SOL") == [Entry(on_day(2), Kind.SELL, "AAA", THREE, TEN, FEE)]


def test_a_price_without_finite_form_loses_nothing() -> None:
    there = Swap(on_day(1), "SOL", TEN, "AAA", THREE, TEN)
    back = Swap(on_day(2), "AAA", THREE, "SOL", TEN, TEN)
    history = [*entries_of_swap(there, "SOL"), *entries_of_swap(back, "SOL")]
    assert calculate(history, Method.HIFO).totals.gain == 0
