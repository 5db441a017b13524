"""Behaviours worked out by hand. The histories have one transaction a day, from Thursday 2026-01-01, 0:00."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from analysis.services.behavior.measure import Behavior, measure, sessions_of
from analysis.services.behavior.spread import Spread, concentration_of, spread_of
from analysis.services.behavior.style import style_of
from analysis.services.behavior.trades import Filters, TradeMade, activity_of
from enrichment.services.normaliser.meaning import Meaning
from tests.analysis.services.wallet_pnl.histories import SOL, START, bought, history, moved, sold, swapped

DAY = 86_400


def behavior(*meanings: Meaning, filters: Filters | None = None) -> Behavior:
    """What the trades show."""
    return measure(activity_of(history(*meanings), filters or Filters()))


TRADES = (
    bought("A", 100_00, 2 * SOL),  # day 0: 100 A for 2
    bought("A", 100_00, 4 * SOL),  # day 1: 100 A for 4
    sold("A", 150_00, 6 * SOL),  # day 2: 100 held for 2 days, 50 for 1; proceeds 6, cost 2 + 2
    bought("B", 10, 1 * SOL),  # day 3
    sold("B", 10, SOL // 2),  # day 4: held for 1 day, at a loss of 0.5
    sold("A", 50_00, 3 * SOL),  # day 5: held for 4 days; cost 2
)


def test_holding_times_count_each_lot_from_its_purchase_to_its_sale() -> None:
    found = behavior(*TRADES)
    assert found.holding == Spread(
        4, Decimal(8 * DAY), Decimal(2 * DAY), Decimal(DAY), Decimal("1.5") * DAY, Decimal("3.4") * DAY,
        Decimal(4 * DAY),
    )  # fmt: skip
    assert found.holding_buckets == {
        "under 1 hour": 0, "1 to 24 hours": 0, "1 to 7 days": 4, "7 to 30 days": 0, "over 30 days": 0,
    }  # fmt: skip


def test_trade_sizes_are_in_sol() -> None:
    found = behavior(*TRADES)
    assert (found.trades, found.buys, found.sells) == (6, 3, 3)
    assert found.sizes == Spread(
        6, Decimal("16.5"), Decimal("2.75"), Decimal("0.5"), Decimal("2.5"), Decimal(5), Decimal(6)
    )


def test_a_win_is_a_sale_above_its_cost() -> None:
    wins = behavior(*TRADES).wins
    assert (wins.closed, wins.won, wins.lost) == (3, 2, 1)
    assert wins.rate == Decimal(2) / 3 or str(wins.rate).startswith("0.66666666666666666666")
    assert (wins.mean_win, wins.mean_loss, wins.profit_factor) == (Decimal("1.5"), Decimal("0.5"), Decimal(6))


def test_concentration_is_the_sum_of_squared_shares_of_volume() -> None:
    found = behavior(*TRADES)
    assert [(token.mint, token.trades, token.volume) for token in found.tokens] == [
        ("A", 4, Decimal(15)), ("B", 2, Decimal("1.5")),
    ]  # fmt: skip
    # Shares 10/11 and 1/11: (100 + 1) / 121.
    assert str(found.concentration.hhi).startswith(str(Decimal(101) / 121)[:20])
    assert found.concentration.top_3 == 1


@pytest.mark.parametrize(
    ("values", "hhi", "effective"),
    [
        ((1, 1, 1, 1), "0.25", "4"),
        ((7,), "1", "1"),
        ((3, 1), "0.625", "1.6"),
        ((0, 0), "0", "0"),
        ((), "0", "0"),
    ],
)
def test_concentrations_known_by_heart(values: tuple[int, ...], hhi: str, effective: str) -> None:
    found = concentration_of([Decimal(value) for value in values])
    assert (found.hhi, found.effective) == (Decimal(hhi), Decimal(effective))


def test_quantiles_are_those_of_numpy() -> None:
    import numpy as np

    values = [Decimal(number * number % 37) for number in range(1, 24)]
    found = spread_of(values)
    floats = [float(value) for value in values]
    assert float(found.median) == pytest.approx(float(np.quantile(floats, 0.5)), abs=1e-12)
    assert float(found.p90) == pytest.approx(float(np.quantile(floats, 0.9)), abs=1e-12)


def test_sessions_end_where_a_pause_is_longer_than_four_hours() -> None:
    hours = [0, 1, 5, 9.5, 24, 25]  # gaps of 1, 4, 4.5, 14.5, 1
    trades = [TradeMade(START + timedelta(hours=hour), "A", True, Decimal(1)) for hour in hours]
    found = sessions_of(trades)
    assert (found.count, found.active_days, found.busiest_hour) == (3, 2, 0)
    assert [hour for hour, count in enumerate(found.hours) if count] == [0, 1, 5, 9]
    assert found.hours[0] == found.hours[1] == 2
    assert found.weekdays == (0, 0, 0, 4, 2, 0, 0)
    assert found.quiet_hours == 14  # from 10 to 23


def test_a_quiet_night_may_pass_midnight() -> None:
    trades = [TradeMade(START + timedelta(hours=hour), "A", True, Decimal(1)) for hour in range(6, 20)]
    assert sessions_of(trades).quiet_hours == 10


def test_without_trades_there_is_nothing_to_say_and_nothing_fails() -> None:
    found = behavior()
    assert (found.trades, found.wins.rate, found.sessions.busiest_hour, found.sessions.quiet_hours) == (
        0,
        None,
        None,
        24,
    )
    assert found.style.label == "inactive"


# -- filters ---------------------------------------------------------------------------------------------


def test_a_time_range_takes_sales_within_it_against_lots_from_before_it() -> None:
    filters = Filters(datetime(2026, 1, 3, tzinfo=UTC), datetime(2026, 1, 4, tzinfo=UTC))
    found = behavior(*TRADES, filters=filters)
    assert (found.trades, found.wins.closed, found.holding.count) == (1, 1, 2)
    assert found.holding.largest == 2 * DAY


def test_excluded_tokens_are_nowhere() -> None:
    found = behavior(*TRADES, filters=Filters(exclude_mints=frozenset({"A"})))
    assert (found.trades, [token.mint for token in found.tokens], found.wins.closed) == (2, ["B"], 1)


def test_tokens_traded_for_less_than_the_least_volume_are_left_out_and_named() -> None:
    found = behavior(*TRADES, filters=Filters(min_trading_volume=Decimal("1.6")))
    assert (found.left_out, found.trades, found.wins.lost) == (("B",), 4, 0)
    kept = behavior(*TRADES, filters=Filters(min_trading_volume=Decimal("1.5")))
    assert kept.left_out == ()


def test_coin_for_coin_is_a_sale_and_a_purchase_of_the_same_worth() -> None:
    found = behavior(bought("A", 100_00, 2 * SOL), swapped("A", 100_00, "B", 5))
    assert [(token.mint, token.volume) for token in found.tokens] == [("A", Decimal(4)), ("B", Decimal(2))]


def test_what_came_for_nothing_has_no_holding_time_that_begins_with_a_purchase() -> None:
    found = behavior(sold("A", 100_00, SOL))
    assert (found.holding.count, found.wins.closed, found.sells) == (0, 0, 1)
    given = behavior(moved("A", 100_00, incoming=True), sold("A", 100_00, SOL))
    assert (given.holding.count, given.wins.won) == (1, 1)


# -- style -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("trades", "buys", "size", "held_hours", "days", "tokens", "label"),
    [
        (4, 2, 1, 1, 2, 1, "inactive"),
        (1500, 750, 5, 4, 100, 12, "market maker"),
        (1500, 750, 5, 4, 100, 4, "scalper"),
        (20, 10, 100, 4, 9, 2, "whale"),
        (20, 18, 1, 4, 9, 2, "accumulator"),
        (20, 2, 1, 4, 9, 2, "distributor"),
        (20, 10, 1, 11.9, 9, 2, "scalper"),
        (20, 10, 1, 12, 9, 2, "day trader"),
        (20, 10, 1, 24, 9, 2, "swing trader"),
        (20, 10, 1, 30 * 24, 9, 2, "holder"),
    ],
)
def test_the_style_is_the_first_that_fits(
    trades: int, buys: int, size: int, held_hours: float, days: int, tokens: int, label: str
) -> None:
    holding = spread_of([Decimal(str(held_hours * 3600))])
    assert style_of(trades, buys, Decimal(size), holding, days, tokens).label == label
