"""Whatever is ordered and cancelled: money is conserved, the book never crosses, and turns are kept."""

from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.exchange.engine import Engine
from sandbox.exchange.ledger import FEES
from sandbox.exchange.orders import Order, Side
from sandbox.http import HttpError
from tests.sandbox.exchange.trading import TRADERS, engine, order

_PRICES = st.integers(19_990, 20_010).map(str)
_ORDERS = st.builds(
    lambda trader, side, lots, price, kind, force: order(
        trader,
        side,
        str(Decimal(lots) / 100),
        "0" if kind == "MARKET" else price,
        type=kind,
        time_in_force=force,
    ),
    st.sampled_from(TRADERS),
    st.sampled_from(["BUY", "SELL"]),
    st.integers(1, 300),
    _PRICES,
    st.sampled_from(["LIMIT", "LIMIT", "LIMIT", "MARKET", "LIMIT_MAKER"]),
    st.sampled_from(["GTC", "GTC", "GTC", "IOC", "FOK"]),
)
_MOVES = st.lists(st.one_of(_ORDERS, st.integers(0, 30)), max_size=40)


def _play(made: Engine, move: Order | int) -> Order | None:
    """An order, or the cancelling of the open order with this place."""
    if isinstance(move, int):
        open_now = list(made.open.values())
        if move < len(open_now):
            made.cancel(open_now[move], 2_000)
        return None
    try:
        return made.place(replace(move, trades=[]))
    except HttpError:
        return None


def _sums(made: Engine) -> dict[str, Decimal]:
    return {asset: made.ledger.total(asset) for asset in ("BTC", "USDT")}


@settings(max_examples=150, deadline=None)
@given(_MOVES)
def test_money_is_conserved_and_what_is_locked_is_what_open_orders_need(moves: list[Order | int]) -> None:
    made = engine()
    before = _sums(made)
    for move in moves:
        _play(made, move)
        assert _sums(made) == before
        for trader in TRADERS:
            own = [one for one in made.open.values() if one.account == trader]
            buying = sum((one.price * one.left for one in own if one.side == "BUY"), Decimal(0))
            selling = sum((one.left for one in own if one.side == "SELL"), Decimal(0))
            assert made.ledger.of(trader, "USDT").locked == buying
            assert made.ledger.of(trader, "BTC").locked == selling
            assert all(held.free >= 0 <= held.locked for held in made.ledger.all_of(trader).values())
    assert made.ledger.of(FEES, "BTC").locked == 0


@settings(max_examples=150, deadline=None)
@given(_MOVES)
def test_the_book_never_crosses_and_holds_exactly_the_open_orders(moves: list[Order | int]) -> None:
    made = engine()
    book = made.books["BTCUSDT"]
    for move in moves:
        _play(made, move)
        bid, ask = book.best("BUY"), book.best("SELL")
        assert bid is None or ask is None or bid < ask
        resting = [*book.resting("BUY"), *book.resting("SELL")]
        assert {id(one) for one in resting} == {id(one) for one in made.open.values()}
        assert all(one.left > 0 and one.is_open for one in resting)


@settings(max_examples=150, deadline=None)
@given(st.lists(_ORDERS, max_size=30), _ORDERS)
def test_a_taker_meets_the_best_prices_first_and_of_one_price_the_oldest(
    moves: list[Order], last: Order
) -> None:
    made = engine()
    for move in moves:
        _play(made, move)
    side: Side = "SELL" if last.side == "BUY" else "BUY"
    turns = [(one.price, one.id, one.left) for one in made.books["BTCUSDT"].resting(side)]
    for (price, number, _), (next_price, next_number, _) in pairwise(turns):
        assert price <= next_price if side == "SELL" else price >= next_price
        assert price != next_price or number < next_number
    placed = _play(made, last)
    fills = (
        [] if placed is None else [(fill.price, fill.quantity) for fill in placed.trades if not fill.is_maker]
    )
    if placed is not None:
        assert sum((quantity for _, quantity in fills), Decimal(0)) == placed.filled
        assert [price for price, _ in fills] == [price for price, *_ in turns[: len(fills)]]
        for (_, quantity), (_, _, left) in list(zip(fills, turns, strict=False))[:-1]:
            assert quantity == left, "a turn ends before the next begins"
