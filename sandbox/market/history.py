"""What assets cost in the past, by the hour, from the trades of their pools."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from sandbox.market.prices import Market
from sandbox.market.trades import Trade, all_trades
from sandbox.solana.pools import Asset, Pool
from sandbox.solana.seeding.world import USDC_MINT

HOUR, DAY = 3600, 86_400  # seconds


@dataclass(frozen=True)
class Past:
    """An hour's end in seconds since 1970: the price then and the volume of the day before, in dollars."""

    time: int
    usd: float
    volume: float


class PriceHistory:
    """Reads a pool's trades once for as long as nothing happens on the chain."""

    def __init__(self, market: Market) -> None:
        self._market = market
        self._read: dict[str, tuple[int, list[Trade]]] = {}

    def hourly(self, asset: Asset, days: int) -> list[Past]:
        """Every full hour of so many days, from when the asset was first traded."""
        now, pool = self._market.node.clock.now(), self._market.pool_of(asset)
        trades = self._trades(pool) if pool else []
        hours = range((now - days * DAY) // HOUR * HOUR, now + 1, HOUR)
        times = [trade.time for trade in trades]
        quote = self._quote_prices(pool, hours) if pool else []
        return [
            Past(hour, trades[seen - 1].price * usd, _volume(trades, times, hour) * usd)
            for hour, usd in zip(hours, quote, strict=False)
            if (seen := bisect_right(times, hour)) and usd
        ]

    def _quote_prices(self, pool: Pool, hours: Sequence[int]) -> list[float]:
        """What the quote of a pool cost at each hour: dollars are worth one, SOL what its own pool says."""
        if pool.quote.mint == USDC_MINT:
            return [1.0] * len(hours)
        trades = self._trades(self._market.directory.sol_usdc)
        times = [trade.time for trade in trades]
        return [trades[seen - 1].price if (seen := bisect_right(times, hour)) else 0.0 for hour in hours]

    def _trades(self, pool: Pool) -> list[Trade]:
        count = self._market.node.history.count_of(str(pool.address))
        known = self._read.get(pool.name)
        if known is None or known[0] != count:
            known = self._read[pool.name] = (count, all_trades(self._market.node, pool))
        return known[1]


def _volume(trades: list[Trade], times: list[int], hour: int) -> float:
    inside = trades[bisect_right(times, hour - DAY) : bisect_right(times, hour)]
    return sum(trade.quote_volume for trade in inside)
