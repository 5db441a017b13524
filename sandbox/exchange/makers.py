"""Market makers: they quote around the path's price, and move their quotes as time passes."""

from collections.abc import Iterator
from decimal import Decimal

from sandbox.exchange.engine import MAKER, Engine
from sandbox.exchange.markets import ASSETS, Market
from sandbox.exchange.orders import Order, Side
from sandbox.exchange.path import PricePath

STEP = 5  # seconds between two quotes
LEVELS = 8
_WALK = 48  # points at which a long gap is looked at, so that resting orders fill on the way
_WEALTH = Decimal(10) ** 12


def fund(engine: Engine) -> None:
    """What the makers start with."""
    for asset in ASSETS:
        engine.ledger.deposit(MAKER, asset, _WEALTH)


class Maker:
    """The quotes of one market."""

    def __init__(self, engine: Engine, market: Market, path: PricePath, step: int = 0) -> None:
        self.step = step  # the number of the quotes that stand
        self._engine = engine
        self._market = market
        self._path = path
        self._quotes: list[Order] = []

    def advance(self, now: int) -> None:
        """Bring the quotes up to a time in seconds; what the price passed on the way is filled."""
        target = now // STEP
        if target <= self.step and self._quotes:
            return
        guests = self._guests()
        if self.step and guests:
            for step in _points(self.step, target):
                if self._reaches(step, guests):
                    self._requote(step)
        self._requote(target)
        self.step = target

    def _guests(self) -> list[Order]:
        """The orders that rest in this market and are not the makers' own."""
        return [one for one in self._engine.open.values() if one.symbol == self._market.symbol]

    def _reaches(self, step: int, guests: list[Order]) -> bool:
        """Whether quotes around the price of a step would meet a guest's order."""
        middle = self._market.price(self._path.at(step * STEP))
        return any(
            one.is_open and (one.price >= middle if one.side == "BUY" else one.price <= middle)
            for one in guests
        )

    def _requote(self, step: int) -> None:
        for quote in self._quotes:
            if quote.is_open:
                self._engine.cancel(quote, step * STEP * 1000)
        self._quotes = [self._engine.place(order) for order in self._wanted(step)]

    def _wanted(self, step: int) -> Iterator[Order]:
        middle = self._path.at(step * STEP)
        for level in range(LEVELS):
            away = 0.0002 + 0.0004 * level + 0.0002 * self._path.chance("gap", step + level)
            sides: tuple[tuple[Side, float], ...] = (
                ("BUY", middle * (1 - away)),
                ("SELL", middle * (1 + away)),
            )
            for side, price in sides:
                worth = 4_000 * (1 + level) * (0.5 + self._path.chance(f"size/{side}", step * LEVELS + level))
                yield self._order(step, side, price, worth / self._dollars())

    def _dollars(self) -> float:
        """What one base unit is worth, about, in dollars."""
        return float(self._market.start) * (91_000 if self._market.quote == "BTC" else 1)

    def _order(self, step: int, side: Side, price: float, quantity: float) -> Order:
        moment = step * STEP * 1000
        return Order(
            0, MAKER, self._market.symbol, side, "LIMIT", "GTC",
            self._market.price(price), self._market.quantity(quantity), "", moment, moment,
        )  # fmt: skip


def _points(start: int, end: int) -> Iterator[int]:
    """Some steps between two."""
    stride = max(1, (end - start) // _WALK)
    yield from range(start + stride, end, stride)
