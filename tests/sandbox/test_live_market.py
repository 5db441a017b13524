"""The market that goes on after the seeding."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.market.live import LiveMarket
from sandbox.market.prices import Market
from sandbox.solana.chain import Chain, open_chain

START = 1_795_000_000.0  # after the seeded history


@pytest.fixture
def own_chain(own_state: Path) -> Iterator[Chain]:
    """A seeded chain of this test's own, whose clock the test sets."""
    opened = open_chain(own_state)
    opened.node.clock.wall = lambda: START
    yield opened
    opened.close()


def prices(chain: Chain) -> dict[str, float]:
    """The price of every pool."""
    return {pool.name: pool.price(chain.node) for pool in Market(chain.node, chain.directory).pools()}


def test_a_trade_moves_one_price_a_little_and_is_a_transaction_of_now(own_chain: Chain) -> None:
    before, count = prices(own_chain), own_chain.node.history.count
    pool = LiveMarket(own_chain, 20).trade()
    after = prices(own_chain)
    assert pool is not None
    assert [name for name in before if before[name] != after[name]] == [pool.name]
    assert after[pool.name] == pytest.approx(before[pool.name], rel=0.1)
    assert own_chain.node.history.count == count + 1
    assert own_chain.node.history.latest(1)[0].block_time == own_chain.node.clock.now() >= START


def test_many_trades_keep_going_and_prices_within_bounds(own_chain: Chain) -> None:
    before, moment = prices(own_chain), [START]
    own_chain.node.clock.wall = lambda: moment[0]
    market = LiveMarket(own_chain, 20)
    moved = set()
    for _ in range(150):
        moment[0] += 20
        pool = market.trade()
        assert pool is not None
        moved.add(pool.name)
    assert moved == set(before)
    assert all(0.2 < price / before[name] < 5 for name, price in prices(own_chain).items())


def test_the_clock_goes_on_by_the_wall(own_chain: Chain) -> None:
    LiveMarket(own_chain, 20)
    own_chain.node.clock.wall = lambda: START + 500
    assert own_chain.node.clock.now() == START + 500
