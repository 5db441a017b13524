"""The sample accounts' past: six weeks of orders, run through the engine in the order of time."""

import heapq
import random
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sandbox.exchange.accounts import SAMPLES, deposits_of
from sandbox.exchange.markets import MARKETS, Market
from sandbox.exchange.orders import Order, Side
from sandbox.http import HttpError

if TYPE_CHECKING:
    from sandbox.exchange.exchange import Exchange

DAYS = 42
_SWING = ("BTCUSDT", "ETHUSDT", "SOLUSDT", "XRPUSDT", "ETHBTC")
_PATIENT: tuple[tuple[str, Side, float], ...] = (  # orders so far off that they stay open
    ("BTCUSDT", "BUY", -0.35), ("BTCUSDT", "SELL", 0.45), ("ETHUSDT", "BUY", -0.4), ("SOLUSDT", "BUY", -0.45),
    ("ETHUSDT", "SELL", 0.6),
)  # fmt: skip
_GRID = ("BTCUSDT", "BTCUSDT", "BTCUSDT", "SOLUSDT")


def seed_accounts(exchange: "Exchange", end: int) -> None:
    """Fill the accounts; afterwards the time of the exchange stands at `end` (seconds since 1970)."""
    start = end - DAYS * 86_400
    exchange.wall = lambda: start
    for sample in SAMPLES:
        for asset, amount in deposits_of(sample):
            exchange.engine.ledger.deposit(sample.name, asset, amount)
    plans = [_swing(exchange, start), _grid(exchange, start), _newcomer(exchange, start)]
    agenda = [(next(plan), number) for number, plan in enumerate(plans)]
    heapq.heapify(agenda)
    while agenda and agenda[0][0] < end:
        moment, number = agenda[0]
        exchange.wall = lambda moment=moment: moment  # type: ignore[misc]  # bound now, as it must be
        heapq.heapreplace(agenda, (next(plans[number], end), number))
    exchange.wall = lambda: end
    for symbol, side, away in _PATIENT:
        _order(exchange, "swing", symbol, (side, "LIMIT", away, 900.0))
    for symbol in MARKETS:
        exchange.advance_market(symbol)


def _swing(exchange: "Exchange", start: int) -> Iterator[int]:
    """Some four orders a day; what did not fill in two days is cancelled."""
    chance = _chance(exchange, "swing")
    for moment in _rhythm(chance, start, 6 * 3600):
        yield moment
        symbol = chance.choice(_SWING)
        side: Side = "BUY" if chance.random() < 0.52 else "SELL"
        away = chance.uniform(0.001, 0.03) * (-1 if side == "BUY" else 1)
        kind = "MARKET" if chance.random() < 0.25 else "LIMIT"
        _order(exchange, "swing", symbol, (side, kind, away, chance.uniform(150, 2_400)))
        _tidy(exchange, "swing", moment - 2 * 86_400)


def _grid(exchange: "Exchange", start: int) -> Iterator[int]:
    """An order every hour or so, close to the price; the oldest make room."""
    chance = _chance(exchange, "grid")
    for moment in _rhythm(chance, start, 3_600):
        yield moment
        symbol = chance.choice(_GRID)
        side: Side = "BUY" if chance.random() < 0.5 else "SELL"
        away = chance.uniform(0.0005, 0.008) * (-1 if side == "BUY" else 1)
        _order(exchange, "grid", symbol, (side, "LIMIT", away, chance.uniform(80, 320)))
        _tidy(exchange, "grid", moment - 8 * 3_600)


def _newcomer(exchange: "Exchange", start: int) -> Iterator[int]:
    """A dozen market orders."""
    chance = _chance(exchange, "newcomer")
    for number, moment in enumerate(_rhythm(chance, start, 2 * 86_400)):
        yield moment
        if number == 12:
            return
        side: Side = "BUY" if number % 3 else "SELL"
        _order(exchange, "newcomer", "SOLUSDT", (side, "MARKET", 0.0, chance.uniform(40, 200)))


def _order(exchange: "Exchange", account: str, symbol: str, wish: tuple[Side, str, float, float]) -> None:
    """Send an order worth so many dollars; what the account cannot pay for is left out."""
    side, kind, away, dollars = wish
    market, now = MARKETS[symbol], exchange.now()
    exchange.advance_market(symbol)
    price = exchange.paths[symbol].at(now // 1000) * (1 + away)
    quantity = market.quantity(dollars / (price * _quote_in_dollars(market)))
    limit = market.price(price) if kind == "LIMIT" else market.tick * 0
    client_id = f"{account}-{exchange.engine.last_order + 1}"
    order = Order(0, account, symbol, side, kind, "GTC", limit, quantity, client_id, now, now)
    try:
        exchange.engine.place(order)
    except HttpError:
        return


def _tidy(exchange: "Exchange", account: str, before: int) -> None:
    """Cancel what was placed before a moment and is still open."""
    for order in exchange.open_orders(account, None):
        if order.placed_at < before * 1000:
            exchange.advance_market(order.symbol)
            if order.is_open:
                exchange.engine.cancel(order, exchange.now())


def _quote_in_dollars(market: Market) -> float:
    return 91_000.0 if market.quote == "BTC" else 1.0


def _rhythm(chance: random.Random, start: int, every: int) -> Iterator[int]:
    moment = start
    while True:
        moment += max(1, int(chance.expovariate(1 / every)))
        yield moment


def _chance(exchange: "Exchange", name: str) -> random.Random:
    return random.Random(f"{exchange.seed}:exchange:{name}")  # noqa: S311 -- a repeatable world, no secrets
