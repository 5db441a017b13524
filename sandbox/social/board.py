"""Who says what, when, and where: a seeded board that goes on as time passes.

Time is cut into slots of ten minutes. What is said in a slot follows from the seed, the platform, the coin,
the slot's number, and the mood when it began; so it is the same each time it is asked for, and after a restart.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import exp

from sandbox.market.prices import Market
from sandbox.social.moods import Mood, Moods
from sandbox.social.texts import AUTHORS, LADDER, NEWS_BODY, NEWS_LADDER, STILL_BODY

SLOT = 600  # seconds
EPOCH = 1_735_689_600  # 2025-01-01: posts are numbered from there
PER_HOUR = {"x": 3.0, "reddit": 1.2, "telegram": 0.9, "news": 0.12}  # posts about a coin of usual fame
SPREAD = 0.4  # standard deviation of what one person feels from what all feel


@dataclass(frozen=True, slots=True)
class Said:
    """One post or article. `number` is unique on its platform and grows with time."""

    number: int
    time: int
    platform: str
    symbol: str
    author: str
    title: str
    text: str
    likes: int
    replies: int


class Board:
    """All that is said about the coins of a market."""

    def __init__(self, market: Market, wall: Callable[[], float]) -> None:
        self.wall = wall
        self._moods = Moods(market)
        self._seed = market.directory.seed
        self._names = {token.asset.symbol: token.name for token in market.directory.tokens}
        self._symbols = sorted(market.directory.pools)
        self._fame = {symbol: 0.5 + 1.5 * self._random("fame", symbol).random() for symbol in self._symbols}
        self._slot = lru_cache(maxsize=120_000)(self._say)

    def newest_first(self, platform: str, since: float) -> Iterator[Said]:
        """What was said from a moment on until now."""
        now = self.wall()
        for slot in range(int(now) // SLOT, int(since) // SLOT - 1, -1):
            found = [said for symbol in self._symbols for said in self._slot(platform, symbol, slot)]
            found.sort(key=lambda said: -said.number)
            yield from (said for said in found if since <= said.time <= now)

    def _say(self, platform: str, symbol: str, slot: int) -> Sequence[Said]:
        chance = self._random(platform, symbol, slot)
        mood = self._moods.of(symbol, slot * SLOT)
        count = _poisson(chance, PER_HOUR[platform] * SLOT / 3600 * self._fame[symbol] * mood.talk)
        seconds = sorted(chance.sample(range(SLOT), min(count, 40)))
        return tuple(self._post(chance, platform, symbol, mood, slot * SLOT + second) for second in seconds)

    def _random(self, *names: str | int) -> random.Random:
        return random.Random(":".join(map(str, (self._seed, *names))))  # noqa: S311 -- a repeatable world

    def _post(self, chance: random.Random, platform: str, symbol: str, mood: Mood, time: int) -> Said:
        felt = max(-1.0, min(1.0, chance.gauss(mood.feeling, SPREAD)))
        rung = min(4, int((felt + 1) / 2 * 5))
        ladder = NEWS_LADDER if platform == "news" else LADDER
        other = chance.choice([name for name in self._symbols if name != symbol])
        words = {
            "tag": f"${symbol}",
            "name": self._names[symbol],
            "other": self._names[other] if platform == "news" else f"${other}",
            "change": f"{abs(mood.change) * 100:.0f}%",
        }
        still = abs(mood.change) < 0.01  # nobody writes of a move of nothing
        fitting = [line for line in ladder[rung] if not (still and "{change}" in line)]
        said = chance.choice(fitting).format(**words)
        body = (STILL_BODY if still else NEWS_BODY).format(**words) if platform == "news" else ""
        likes = int(chance.paretovariate(1.2)) + int(8 * mood.talk * chance.random())
        number = (time - EPOCH) * 16 + self._symbols.index(symbol)
        author = chance.choice(AUTHORS)
        return Said(number, time, platform, symbol, author, said, body, likes, chance.randint(0, likes))


def _poisson(chance: random.Random, mean: float) -> int:
    """A draw from the Poisson distribution, by Knuth's multiplication."""
    limit, product, count = exp(-mean), chance.random(), 0
    while product > limit:
        product *= chance.random()
        count += 1
    return count
