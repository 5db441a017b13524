"""Matching and settling, by example: exact figures."""

import pytest

from sandbox.exchange.ledger import FEES
from sandbox.http import HttpError
from tests.sandbox.exchange.trading import engine, held, order


def test_a_limit_order_locks_what_it_may_cost_and_gives_it_back_when_cancelled() -> None:
    made = engine()
    placed = made.place(order("maker", "BUY", "0.5", "20000"))
    assert (placed.status, held(made, "maker", "USDT")) == ("NEW", ("90000", "10000"))
    made.cancel(placed, 2_000)
    assert (placed.status, placed.updated_at) == ("CANCELED", 2_000)
    assert held(made, "maker", "USDT") == ("100000", "0")
    assert made.books["BTCUSDT"].best("BUY") is None


def test_a_taker_pays_the_makers_price_and_each_side_pays_a_fee_in_what_it_receives() -> None:
    made = engine()
    resting = made.place(order("maker", "SELL", "1", "20000"))
    taker = made.place(order("taker", "BUY", "1", "21000"))
    assert (resting.status, taker.status, str(taker.cost)) == ("FILLED", "FILLED", "20000")
    assert held(made, "taker", "USDT") == ("80000", "0")
    assert held(made, "taker", "BTC") == ("10.999", "0")
    assert held(made, "maker", "USDT") == ("119980", "0")
    assert held(made, "maker", "BTC") == ("9", "0")
    assert (held(made, FEES, "BTC"), held(made, FEES, "USDT")) == (("0.001", "0"), ("20", "0"))


def test_a_partial_fill_rests_with_what_is_left() -> None:
    made = engine()
    made.place(order("maker", "SELL", "0.4", "20000"))
    taker = made.place(order("taker", "BUY", "1", "20000"))
    assert (taker.status, str(taker.filled), str(taker.left)) == ("PARTIALLY_FILLED", "0.4", "0.6")

    assert held(made, "taker", "USDT") == ("80000", "12000")
    assert [str(one) for one in made.books["BTCUSDT"].depth("BUY", 5)[0]] == ["20000", "0.6"]


def test_the_better_price_is_filled_first_and_of_one_price_the_older_order() -> None:
    made = engine()
    late = made.place(order("maker", "SELL", "1", "20100"))
    first = made.place(order("taker", "SELL", "1", "20000"))
    second = made.place(order("maker", "SELL", "1", "20000"))
    taker = made.place(order("third", "BUY", "1.5"))
    assert [first.status, second.status, late.status] == ["FILLED", "PARTIALLY_FILLED", "NEW"]
    assert [str(fill.price) for fill in taker.trades] == ["20000", "20000"]
    assert [str(fill.quantity) for fill in taker.trades] == ["1", "0.5"]


def test_a_market_order_takes_what_there_is_and_the_rest_expires() -> None:
    made = engine()
    made.place(order("maker", "SELL", "0.3", "20000"))
    taker = made.place(order("taker", "BUY", "1"))
    assert (taker.status, str(taker.filled), held(made, "taker", "USDT")) == (
        "EXPIRED",
        "0.3",
        ("94000", "0"),
    )
    assert made.place(order("taker", "BUY", "1")).status == "EXPIRED"


def test_a_market_order_by_quote_amount_spends_no_more_than_that_on_whole_steps() -> None:
    made = engine()
    made.place(order("maker", "SELL", "1", "30000"))
    taker = made.place(order("taker", "BUY", "0", quote="1000"))
    assert (taker.status, str(taker.filled), str(taker.cost)) == ("FILLED", "0.03333", "999.90000")
    assert held(made, "taker", "USDT") == ("99000.1", "0")


def test_immediate_or_cancel_and_fill_or_kill_never_rest() -> None:
    made = engine()
    made.place(order("maker", "SELL", "0.3", "20000"))
    killed = made.place(order("taker", "BUY", "1", "20000", time_in_force="FOK"))
    assert (killed.status, str(killed.filled), held(made, "taker", "USDT")) == (
        "EXPIRED",
        "0",
        ("100000", "0"),
    )
    taken = made.place(order("taker", "BUY", "1", "20000", time_in_force="IOC"))
    assert (taken.status, str(taken.filled), held(made, "taker", "USDT")) == (
        "EXPIRED",
        "0.3",
        ("94000", "0"),
    )
    assert made.books["BTCUSDT"].best("BUY") is None


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        (order("taker", "BUY", "6", "20000"), "Account has insufficient balance for requested action."),
        (order("taker", "SELL", "10.1", "20000"), "Account has insufficient balance for requested action."),
        (order("taker", "BUY", "1", "20000", type="LIMIT_MAKER"), "Order would immediately match and take."),
    ],
)
def test_what_cannot_be_done_is_refused_and_changes_nothing(wanted: object, message: str) -> None:
    made = engine()
    made.place(order("maker", "SELL", "1", "20000"))
    before = held(made, "taker", "USDT"), held(made, "taker", "BTC"), made.last_order
    with pytest.raises(HttpError) as refused:
        made.place(wanted)  # type: ignore[arg-type]  # an order
    assert refused.value.body == {"code": -2010, "msg": message}
    assert (held(made, "taker", "USDT"), held(made, "taker", "BTC"), made.last_order) == before


def test_who_meets_the_own_order_ends_with_what_one_had_less_the_fees() -> None:
    made = engine()
    made.place(order("maker", "SELL", "1", "20000"))
    made.place(order("maker", "BUY", "1", "20000"))
    assert held(made, "maker", "USDT") == ("99980", "0")
    assert held(made, "maker", "BTC") == ("9.999", "0")
