"""What fees, income, transfers and missing acquisitions do."""

from decimal import Decimal

import pytest

from analysis.services.pnl.entries import EntryError
from analysis.services.pnl.lots import Method
from analysis.services.pnl.matching import Basis, Event
from analysis.services.pnl.report import calculate
from tests.analysis.services.pnl.histories import entry, on_day, values

FIFO = Method.FIFO


def test_a_fee_in_money_adds_to_the_cost_and_reduces_the_proceeds() -> None:
    history = [entry(1, "buy", "1", "100", fee="2"), entry(2, "sell", "1", "150", fee="3")]
    totals = calculate(history, FIFO).totals
    assert values(totals.proceeds, totals.cost_basis, totals.gain) == (147, 102, 45)
    assert values(totals.fees, totals.transfer_fees) == (5, 0)


def test_a_fee_in_the_bought_asset_reduces_what_is_received_for_the_same_cost() -> None:
    history = [entry(1, "buy", "1", "100", fee="0.2", fee_asset="BTC"), entry(2, "sell", "0.4", "200")]
    report = calculate(history, FIFO)
    assert report.matches[0].cost_basis == 50  # 100 x 0.4 / 0.8
    assert report.assets["BTC"].quantities.held == Decimal("0.4")
    assert report.totals.fees == 20  # 0.2 x 100


def test_a_fee_in_the_sold_asset_is_disposed_of_besides_the_sale_at_its_price() -> None:
    history = [entry(1, "buy", "2", "100"), entry(2, "sell", "1", "200", fee="0.1", fee_asset="BTC")]
    report = calculate(history, FIFO)
    sale, fee = report.matches
    # The fee is worth 0.1 x 200 = 20: off the sale's proceeds, and the proceeds of the fee's own disposal.
    assert values(sale.event, sale.quantity, sale.proceeds, sale.cost_basis) == (Event.SALE, 1, 180, 100)
    assert values(fee.event, fee.quantity, fee.proceeds, fee.cost_basis) == (
        Event.FEE,
        Decimal("0.1"),
        20,
        10,
    )
    assert values(report.totals.proceeds, report.totals.gain) == (200, 90)
    assert report.assets["BTC"].quantities.held == Decimal("0.9")


def test_a_fee_in_another_asset_spends_its_lots_at_cost() -> None:
    history = [
        entry(1, "buy", "10", "20", asset="SOL"),
        entry(2, "buy", "1", "100", fee="0.5", fee_asset="SOL"),  # 0.5 SOL cost 10: the lot costs 110
        entry(3, "sell", "1", "150", fee="0.25", fee_asset="SOL"),  # 0.25 SOL cost 5: brings 145
    ]
    report = calculate(history, FIFO)
    (match,) = report.matches
    assert values(match.asset, match.proceeds, match.cost_basis, match.gain) == ("BTC", 145, 110, 35)
    assert [values(part.asset, part.quantity, part.cost_basis) for part in report.spent] == [
        ("SOL", Decimal("0.5"), 10),
        ("SOL", Decimal("0.25"), 5),
    ]
    assert report.assets["SOL"].quantities.held == Decimal("9.25")
    assert report.assets["SOL"].money.open_cost == 185
    assert report.assets["SOL"].money.gain == 0


def test_income_adds_a_lot_that_costs_what_it_was_worth() -> None:
    history = [entry(1, "income", "2", "50"), entry(2, "sell", "1", "80")]
    totals = calculate(history, FIFO).totals
    assert values(totals.income, totals.cost_basis, totals.gain, totals.net) == (100, 50, 30, 130)


def test_a_transfer_gains_nothing_and_keeps_the_lots_with_date_and_cost() -> None:
    bought, sold = entry(1, "buy", "2", "100"), entry(9, "sell", "2", "300")
    moved = entry(5, "transfer", "2", "250")
    assert calculate([bought, moved, sold], FIFO).matches == calculate([bought, sold], FIFO).matches


def test_a_transfer_fee_in_kind_leaves_with_its_cost_and_is_no_part_of_the_gain() -> None:
    history = [
        entry(1, "buy", "2", "100"),
        entry(5, "transfer", "1", fee="0.5", fee_asset="BTC"),
        entry(9, "sell", "1.5", "200"),
    ]
    report = calculate(history, FIFO)
    assert values(report.totals.proceeds, report.totals.cost_basis, report.totals.gain) == (300, 150, 150)
    assert values(report.totals.transfer_fees, report.totals.net) == (50, 100)  # 300 in - 200 out
    assert report.open_lots == []


def test_a_transfer_fee_in_money_is_an_expense_outside_the_gain() -> None:
    totals = calculate([entry(1, "transfer", "1", fee="4")], FIFO).totals
    assert values(totals.gain, totals.transfer_fees, totals.net) == (0, 4, -4)


@pytest.mark.parametrize("method", list(Method))
def test_selling_more_than_is_held_flags_the_rest_at_zero_cost(method: Method) -> None:
    history = [entry(1, "buy", "1", "100"), entry(2, "sell", "3", "200"), entry(3, "buy", "5", "1")]
    report = calculate(history, method)
    covered, missing = report.matches
    assert values(covered.quantity, covered.proceeds, covered.cost_basis) == (1, 200, 100)
    assert values(missing.quantity, missing.proceeds, missing.cost_basis) == (2, 400, 0)
    assert values(missing.basis, missing.acquired_at) == (Basis.MISSING, None)
    assert [values(flag.asset, flag.quantity, flag.time) for flag in report.missing] == [
        ("BTC", 2, on_day(2))
    ]
    assert values(report.totals.gain, report.totals.missing_proceeds) == (500, 400)
    assert report.assets["BTC"].quantities.held == 5
    assert str(report.missing[0]) == "2 BTC sold on 2024-01-03 (day 2) without a known acquisition"


def test_a_fee_in_an_asset_never_acquired_is_flagged_and_worth_nothing() -> None:
    report = calculate([entry(1, "buy", "1", "100", fee="0.1", fee_asset="SOL")], FIFO)
    assert report.totals.open_cost == 100
    assert [values(flag.asset, flag.quantity, flag.event) for flag in report.missing] == [
        ("SOL", Decimal("0.1"), Event.FEE)
    ]
    assert report.assets["SOL"].quantities.missing == Decimal("0.1")


def test_a_fee_that_eats_the_whole_purchase_is_refused() -> None:
    with pytest.raises(EntryError, match="fee: 1 BTC leaves nothing of 1 BTC"):
        entry(1, "buy", "1", "100", fee="1", fee_asset="BTC")


def test_open_lots_are_valued_where_a_price_is_given() -> None:
    history = [entry(1, "buy", "2", "100"), entry(1, "buy", "3", "5", asset="SOL")]
    report = calculate(history, FIFO, {"BTC": Decimal(150)})
    assert values(report.valuation.market_value, report.valuation.unrealised) == (300, 100)
    assert report.assets["SOL"].valuation.unrealised is None
    assert report.unpriced == ["SOL"]
    assert calculate(history, FIFO).valuation.unrealised is None


def test_each_day_shows_what_it_brought_and_the_net_so_far() -> None:
    history = [
        entry(1, "buy", "2", "100"),
        entry(2, "sell", "1", "130"),
        entry(2, "income", "1", "7"),
        entry(4, "transfer", "1", fee="2"),
    ]
    days = calculate(history, FIFO).days
    assert [
        values(day.day.day, day.gain, day.income, day.transfer_fees, day.cumulative_net) for day in days
    ] == [
        (3, 30, 7, 0, 37),
        (5, 0, 0, 2, 35),
    ]
