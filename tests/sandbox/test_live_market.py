"""The market that goes on after the seeding."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from sandbox.market.live import LONGEST, MISSED_EVERY, LiveMarket
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


def made_up(folder: Path, days: float) -> tuple[int, dict[str, float], list[int]]:
    """A chain that was left alone for so many days after its history ended: moves, prices, and when they were."""
    chain = open_chain(folder)
    ended, count = chain.node.clock.tip, chain.node.history.count
    chain.node.clock.wall = lambda: ended + days * 86_400
    moves = LiveMarket(chain, 20).make_up()
    assert LiveMarket(chain, 20).make_up() == 0, "it was made up for"
    times = [record.block_time for record in chain.node.history.latest(chain.node.history.count - count)]
    found = moves, prices(chain), sorted(times)
    chain.close()
    return found


def test_the_time_in_which_nobody_ran_the_market_is_made_up_for_the_same_for_everybody(
    seeded_folder: Path, tmp_path: Path
) -> None:
    first, second = (shutil.copytree(seeded_folder, tmp_path / name) for name in ("a", "b"))
    moves, after, times = made_up(first, 2)
    assert moves == pytest.approx(2 * 86_400 / MISSED_EVERY, abs=1)
    assert len(times) == pytest.approx(moves, abs=5)
    assert max(later - earlier for earlier, later in pairwise(times)) <= 2 * MISSED_EVERY
    assert made_up(second, 2) == (moves, after, times)


def test_a_market_that_rested_for_years_makes_up_for_no_more_than_charts_show(own_state: Path) -> None:
    moves, after, _ = made_up(own_state, 1_000)
    assert moves == pytest.approx(LONGEST / MISSED_EVERY, abs=1)
    assert all(price > 0 for price in after.values())


def test_the_history_of_a_new_folder_goes_up_to_today(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sandbox.solana.chain.seed_chain", lambda *_: None)
    before = datetime.now(UTC).date()
    chain = open_chain(tmp_path)
    assert before <= chain.anchor <= datetime.now(UTC).date()
    chain.close()
