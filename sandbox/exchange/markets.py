"""What is traded: each market's assets, steps, and how its price behaves."""

from dataclasses import dataclass
from decimal import Decimal

FEE = Decimal("0.001")  # of what is received; as on Binance without a discount


@dataclass(frozen=True)
class Market:
    """A market of the exchange. `drift` is how far the price strays from `start`, as a share of it."""

    symbol: str
    base: str
    quote: str
    start: Decimal
    tick: Decimal
    step: Decimal
    least_cost: Decimal
    drift: float

    def price(self, value: float) -> Decimal:
        """A price on the grid of ticks, at least one tick."""
        return max(self.tick, (Decimal(repr(value)) / self.tick).to_integral_value() * self.tick)

    def quantity(self, value: float) -> Decimal:
        """A quantity on the grid of steps, at least one step."""
        return max(self.step, (Decimal(repr(value)) / self.step).to_integral_value() * self.step)


def _market(base: str, quote: str, start: str, tick: str, step: str, least: str, drift: float) -> Market:
    return Market(
        base + quote, base, quote, Decimal(start), Decimal(tick), Decimal(step), Decimal(least), drift
    )


MARKETS = {
    market.symbol: market
    for market in (
        _market("BTC", "USDT", "91000", "0.01", "0.00001", "5", 0.16),
        _market("ETH", "USDT", "3100", "0.01", "0.0001", "5", 0.22),
        _market("SOL", "USDT", "150", "0.01", "0.001", "5", 0.30),
        _market("BNB", "USDT", "880", "0.01", "0.001", "5", 0.14),
        _market("XRP", "USDT", "2.2", "0.0001", "0.1", "5", 0.34),
        _market("ETH", "BTC", "0.034", "0.00001", "0.0001", "0.0001", 0.12),
        _market("SOL", "BTC", "0.00165", "0.0000001", "0.001", "0.0001", 0.18),
    )
}
ASSETS = sorted({asset for market in MARKETS.values() for asset in (market.base, market.quote)})
