"""The market that goes on after the seeding: now and then the market maker moves one pool's price.

What happens at a moment follows from the seed and the moment alone, so nothing of it is kept.
"""

import asyncio
import random
from functools import partial
from math import exp

from sandbox.market.prices import Market
from sandbox.solana.chain import Chain
from sandbox.solana.node import RejectedError
from sandbox.solana.pools import Pool
from sandbox.solana.seeding.coins import COINS
from sandbox.solana.seeding.market import move_price
from sandbox.solana.seeding.trader import Trader
from sandbox.solana.seeding.world import SOL_START_PRICE, World

STEP = 0.012  # standard deviation of one move of a price's logarithm
PULL = 0.02  # share of the way back to where the coin's path ended, per move
MISSED_EVERY = 1_200  # seconds between two moves that make up for a time in which nobody ran the market
LONGEST = 46 * 86_400  # seconds that are made up for: no chart goes further back


class LiveMarket:
    """Trades once every so many seconds."""

    def __init__(self, chain: Chain, every: float) -> None:
        clock = chain.node.clock
        self._every, self._node, self._wall = every, chain.node, clock.wall
        self._market = Market(chain.node, chain.directory)
        world = World(chain.node, chain.directory, clock.start, int(clock.wall()))
        clock.wall = self._wall  # the seeding's world has a time of its own; here the wall's goes on
        self._maker = Trader(world, "market-maker")
        self._ends = {coin.symbol: coin.price * coin.path(1.0) for coin in COINS}

    async def run(self) -> None:
        """Trade until cancelled."""
        while True:
            await asyncio.sleep(self._every)
            self.trade()

    def make_up(self) -> int:
        """Make the moves that were missed since the last block, so that no chart stands still; how many."""
        clock, now = self._node.clock, int(self._wall())
        first = max(clock.tip, now - LONGEST) // MISSED_EVERY + 1
        moments = range(first * MISSED_EVERY, now, MISSED_EVERY)
        try:
            for moment in moments:
                clock.wall = partial(float, moment)
                self._move(moment, MISSED_EVERY)
        finally:
            clock.wall = self._wall
        self._node.commit()
        return len(moments)

    def trade(self) -> Pool | None:
        """One move of one pool; None when the chain refuses it."""
        pool = self._move(self._wall(), self._every)
        self._node.commit()
        return pool

    def _move(self, moment: float, every: float) -> Pool | None:
        chance = random.Random(f"{self._maker.world.directory.seed}:live:{int(moment // every)}")  # noqa: S311 -- a repeatable world, no secrets
        pool = chance.choice(self._market.pools())
        price = pool.price(self._node)
        target = price * exp(chance.gauss(0, STEP)) * (self._end(pool) / price) ** PULL
        try:
            move_price(self._maker, pool, target)
        except RejectedError:
            return None
        return pool

    def _end(self, pool: Pool) -> float:
        """The price that the pool's path ended at; its present one where it has no path of its own."""
        directory = self._maker.world.directory
        if pool is directory.sol_usdc:
            return SOL_START_PRICE * 1.25
        return pool.price(self._node) if pool is directory.cross else self._ends[pool.base.symbol]
