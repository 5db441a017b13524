"""How people feel about a coin at a moment, and how much they talk of it: by its price, and by rumour.

All of it follows from the seed and the chain's past, so an hour that is over never changes.
"""

import random
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from math import log, pi, sin, tanh

from sandbox.market.prices import Market
from sandbox.market.trades import trade_of
from sandbox.solana.pools import Pool

DAY = 86_400  # seconds
BURST_EVERY = 6 * 3_600  # seconds; in some of these spans people talk of one thing only
BURST_SHARE = 0.05
BURST_FACTOR = 7.0
WAVES = ((0.28, 3.1), (0.22, 9.7))  # of rumour: height, days


@dataclass(frozen=True)
class Mood:
    """`feeling` is between -1 and 1; `change` is the price's over one day, 0.1 for ten per cent."""

    feeling: float
    change: float
    talk: float  # multiple of the usual number of posts


class PriceHistory:
    """A pool's price after each trade, read from the chain's history as it grows."""

    def __init__(self, market: Market, pool: Pool) -> None:
        self._node = market.node
        self._pool = pool
        self._read = 0  # number of the last transaction that was looked at
        self._times: list[int] = []
        self._prices: list[float] = []

    def change(self, moment: int) -> float:
        """The price's change over the day before a moment; 0 when the pool is younger."""
        self._catch_up()
        now, before = self._at(moment), self._at(moment - DAY)
        return now / before - 1 if now and before else 0.0

    def _at(self, moment: int) -> float:
        place = bisect_right(self._times, moment)
        return self._prices[place - 1] if place else 0.0

    def _catch_up(self) -> None:
        last = self._node.history.count
        if last == self._read:
            return
        address = str(self._pool.address)
        for record in self._node.history.of_address(address, last, after=self._read, ascending=True):
            trade = trade_of(record, self._pool)
            if trade:
                self._times.append(trade.time)
                self._prices.append(trade.price)
        self._read = last


class Moods:
    """The mood about every coin."""

    def __init__(self, market: Market) -> None:
        self._seed = market.directory.seed
        self._prices = {symbol: PriceHistory(market, pool) for symbol, pool in market.directory.pools.items()}
        chances = {symbol: self._chance("rumour", symbol) for symbol in self._prices}
        self._phases = {symbol: [chance.random() for _ in WAVES] for symbol, chance in chances.items()}
        self._drawn = lru_cache(maxsize=10_000)(self._draw)

    def of(self, symbol: str, moment: int) -> Mood:
        """The mood about a coin at a moment, in seconds since 1970."""
        change = self._prices[symbol].change(moment)
        feeling = 0.75 * tanh(4 * log(1 + max(change, -0.99))) + self._rumour(symbol, moment)
        talk = (1 + min(4.0, 6 * abs(change))) * self._burst(symbol, moment)
        return Mood(max(-1.0, min(1.0, feeling)), change, talk)

    def _rumour(self, symbol: str, moment: int) -> float:
        """What moves people while the price stands still: two slow waves."""
        return sum(
            height * sin(2 * pi * (moment / (days * DAY) + phase))
            for (height, days), phase in zip(WAVES, self._phases[symbol], strict=True)
        )

    def _burst(self, symbol: str, moment: int) -> float:
        begins, burns = self._drawn(symbol, moment // BURST_EVERY)
        passed = moment % BURST_EVERY / BURST_EVERY
        return BURST_FACTOR if burns and begins * 0.6 <= passed < begins * 0.6 + 0.4 else 1.0

    def _draw(self, symbol: str, span: int) -> tuple[float, bool]:
        chance = self._chance("burst", symbol, str(span))
        return chance.random(), chance.random() < BURST_SHARE

    def _chance(self, *names: str) -> random.Random:
        return random.Random(":".join((str(self._seed), *names)))  # noqa: S311 -- a repeatable world
