"""Market makers: prices by seed and time alone, resting orders filled when the price passes them."""

from decimal import Decimal

from sandbox.exchange.engine import Engine
from sandbox.exchange.makers import STEP, Maker, fund
from sandbox.exchange.markets import MARKETS
from sandbox.exchange.orders import Order
from sandbox.exchange.path import PricePath

BTC = MARKETS["BTCUSDT"]
START = 1_790_000_000 // STEP * STEP


def _market(seed: int = 7) -> tuple[Engine, Maker, PricePath]:
    engine, path = Engine(), PricePath(seed, BTC)
    fund(engine)
    engine.ledger.deposit("maker", "USDT", Decimal(10_000))
    maker = Maker(engine, BTC, path)
    maker.advance(START)
    return engine, maker, path


def test_the_same_seed_and_time_give_the_same_book_whatever_way_led_there() -> None:
    straight, maker, _ = _market()
    maker.advance(START + 3_600)
    stepwise, walker, _ = _market()
    for moment in range(START, START + 3_601, 400):
        walker.advance(moment)
    other, stranger, _ = _market(seed=8)
    stranger.advance(START + 3_600)
    books = [engine.books["BTCUSDT"].depth("BUY", 8) for engine in (straight, stepwise, other)]
    assert books[0] == books[1] != books[2]


def test_the_price_moves_and_stays_within_its_drift() -> None:
    path = PricePath(7, BTC)
    day = [path.at(START + second) for second in range(0, 86_400, 60)]
    assert max(day) > min(day) * 1.005
    assert all(91_000 * 0.85 < price < 91_000 * 1.18 for price in day)


def test_an_order_that_the_price_passes_is_filled_at_its_own_price_and_not_before() -> None:
    engine, maker, path = _market()
    moments = range(START, START + 86_400, STEP)
    low = min(moments, key=path.at)
    limit = BTC.price(path.at(low) * 1.002)
    assert limit < (engine.books["BTCUSDT"].best("SELL") or 0)
    order = engine.place(
        Order(0, "maker", "BTCUSDT", "BUY", "LIMIT", "GTC", limit, Decimal("0.01"), "", 0, 0)
    )
    maker.advance(START + STEP)
    assert order.status == "NEW"
    for moment in range(START, low + STEP, 300):
        maker.advance(moment)
    maker.advance(low)
    assert (order.status, order.cost) == ("FILLED", limit * Decimal("0.01"))
    assert [trade.is_maker for trade in order.trades] == [True]
