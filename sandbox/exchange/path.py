"""The price of a market as a function of the seed and the time alone: a restart changes nothing of it.

Smooth noise of several wave lengths, from a minute to two weeks, laid over each other; the value between two
points of a wave is interpolated. Chance comes from a hash, so any moment can be asked for without the ones
before.
"""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from math import exp

from sandbox.exchange.markets import Market

_WAVES = (  # seconds, weight
    (1_209_600, 0.50),
    (172_800, 0.26),
    (21_600, 0.13),
    (3_600, 0.06),
    (600, 0.03),
    (60, 0.02),
)


@dataclass(frozen=True)
class Candle:
    """What happened in a stretch of time; the volume is in the base asset."""

    opened_at: int  # seconds since 1970
    open: float
    high: float
    low: float
    close: float
    volume: float
    trades: int


class PricePath:
    """The middle price of one market at any time."""

    def __init__(self, seed: int, market: Market) -> None:
        self._name = f"{seed}:{market.symbol}"
        self._start = float(market.start)
        self._drift = market.drift
        self.at = lru_cache(maxsize=4096)(self._at)
        self.candle = lru_cache(maxsize=256)(self._candle)

    def chance(self, topic: str, number: int) -> float:
        """A number from 0 to 1 that belongs to this market, the topic and the number."""
        digest = hashlib.blake2b(f"{self._name}:{topic}:{number}".encode(), digest_size=8).digest()
        return int.from_bytes(digest, "big") / 2**64

    def _candle(self, opened_at: int, length: int) -> Candle:
        """Open, high, low, close and volume of the `length` seconds from a moment on."""
        samples = [self.at(opened_at + length * part // 12) for part in range(13)]
        share = self.chance(f"volume/{length}", opened_at // length)
        moved = (max(samples) - min(samples)) / samples[0]
        worth = 40_000 * length / 60 * (0.4 + share + 80 * moved)  # busier where the price moves
        trades = max(1, int(length / 60 * (8 + 30 * share)))
        volume = worth / self._start
        return Candle(opened_at, samples[0], max(samples), min(samples), samples[-1], volume, trades)

    def _at(self, moment: int) -> float:
        wave = sum(weight * self._wave(length, moment) for length, weight in _WAVES)
        return self._start * exp(self._drift * wave)

    def _wave(self, length: int, moment: int) -> float:
        """From -1 to 1."""
        number, rest = divmod(moment, length)
        part = rest / length
        smooth = part * part * (3 - 2 * part)
        here, there = self.chance(str(length), number), self.chance(str(length), number + 1)
        return 2 * (here + (there - here) * smooth) - 1
