"""From a wallet's history to money, worked by hand. A has two decimals: 10,000 base units are 100 A."""

from decimal import Decimal

from analysis.services.pnl.lots import Method
from analysis.services.wallet_pnl.analyse import Market, work_out
from enrichment.providers.solana.programs import SOL_MINT, USDC_MINT
from tests.analysis.services.wallet_pnl.histories import (
    SOL,
    bought,
    failed,
    history,
    moved,
    sold,
    swapped,
)

NO_MARKET = Market(None, None)


def test_a_purchase_and_a_sale_against_sol_gain_their_difference_less_both_fees() -> None:
    report, flags = work_out(
        history(bought("A", 10_000, 2 * SOL, fee=5000), sold("A", 5_000, 3 * SOL, fee=7000)),
        Method.FIFO,
        NO_MARKET,
    )
    (match,) = report.matches
    assert (match.quantity, match.proceeds, match.cost_basis) == (
        Decimal(50),
        Decimal("2.999993"),
        Decimal("1.0000025"),
    )
    assert report.totals.net == Decimal("1.9999905")
    assert report.totals.open_cost == Decimal("1.0000025")
    assert flags == []


def test_a_failed_transaction_is_an_expense_outside_the_gain() -> None:
    report, _ = work_out(history(failed(5000)), Method.FIFO, NO_MARKET)
    assert (report.totals.gain, report.totals.net) == (Decimal(0), Decimal("-0.000005"))
    assert report.missing == []


def test_sol_that_comes_and_goes_is_money_and_only_its_fee_counts() -> None:
    deposit = moved(SOL_MINT, 9 * SOL, incoming=True)
    withdrawal = moved(SOL_MINT, 4 * SOL, incoming=False, fee=5000)
    report, flags = work_out(history(deposit, withdrawal), Method.FIFO, NO_MARKET)
    assert report.totals.net == Decimal("-0.000005")
    assert flags == []


def test_coins_for_nothing_have_zero_cost_and_are_flagged() -> None:
    report, flags = work_out(
        history(moved("A", 10_000, incoming=True), sold("A", 10_000, SOL)), Method.FIFO, NO_MARKET
    )
    assert (report.totals.gain, report.totals.income) == (Decimal(1), Decimal(0))
    assert report.missing == []
    assert [(flag["kind"], flag["asset"], flag["quantity"]) for flag in flags] == [
        ("unpriced_income", "A", "100")
    ]


def test_coins_that_are_sent_away_stay_in_the_lots_and_are_flagged() -> None:
    report, flags = work_out(
        history(bought("A", 10_000, SOL), moved("A", 4_000, incoming=False, fee=5000)), Method.FIFO, NO_MARKET
    )
    assert report.assets["A"].quantities.held == 100
    assert report.totals.net == Decimal("-0.000005")
    assert [(flag["kind"], flag["quantity"]) for flag in flags] == [("sent_away", "40")]


def test_coins_that_nobody_bought_are_missing_acquisitions() -> None:
    report, _ = work_out(history(sold("A", 10_000, SOL)), Method.FIFO, NO_MARKET)
    (missing,) = report.missing
    assert (missing.asset, missing.quantity, missing.proceeds) == ("A", Decimal(100), Decimal(1))


def test_a_trade_of_two_coins_is_worth_what_the_last_trade_against_sol_says() -> None:
    report, flags = work_out(
        history(bought("A", 10_000, SOL), bought("A", 10_000, 2 * SOL), swapped("A", 5_000, "B", 7)),
        Method.FIFO,
        NO_MARKET,
    )
    (match,) = report.matches
    assert (match.proceeds, match.cost_basis, match.gain) == (
        Decimal(1),
        Decimal("0.5"),
        Decimal("0.5"),
    )
    assert report.assets["B"].money.open_cost == 1
    assert [flag["kind"] for flag in flags] == ["estimated_value"]


def test_dollars_that_are_deposited_are_bought_at_the_nearest_price() -> None:
    deposit = moved(USDC_MINT, 300_000_000, incoming=True)  # 300 dollars
    spent = sold(USDC_MINT, 150_000_000, SOL)  # 150 dollars for 1 SOL
    report, _ = work_out(history(deposit, spent), Method.FIFO, NO_MARKET)
    assert report.missing == []
    assert (report.totals.gain, report.totals.open_cost) == (Decimal(0), Decimal(1))


def test_dollars_without_any_trade_take_today_s_price_of_sol() -> None:
    deposit = moved(USDC_MINT, 300_000_000, incoming=True)
    report, _ = work_out(history(deposit), Method.FIFO, Market(Decimal(150), None))
    assert report.totals.open_cost == 2


def test_what_is_held_is_valued_and_what_has_no_price_is_named() -> None:
    market = Market(Decimal(100), {SOL_MINT: Decimal(1), "A": Decimal("0.05")})
    report, _ = work_out(history(bought("A", 10_000, SOL), bought("B", 3, SOL)), Method.FIFO, market)
    assert (report.valuation.market_value, report.valuation.unrealised) == (Decimal(5), Decimal(4))
    assert report.unpriced == ["B"]


def test_a_history_with_a_gap_and_a_market_that_is_down_are_told() -> None:
    _, flags = work_out(history(complete=False), Method.FIFO, Market(None, None, "CoinGecko answered 500"))
    assert [(flag["kind"], flag["message"]) for flag in flags] == [
        ("history_incomplete", "Older transactions have not been fetched yet"),
        ("no_prices", "What is held could not be valued: CoinGecko answered 500"),
    ]
