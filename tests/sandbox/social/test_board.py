"""What is said follows the prices, and is the same each time."""

from collections import Counter
from statistics import mean

from enrichment.services.sentiment.scoring import score
from sandbox.market.prices import Market
from sandbox.social.board import Board
from sandbox.social.moods import DAY, Moods
from sandbox.solana.chain import Chain

HOUR = 3_600


def board(chain: Chain, now: float) -> Board:
    """A board whose clock stands."""
    return Board(Market(chain.node, chain.directory), lambda: now)


def test_the_same_is_said_each_time_and_after_a_restart(chain: Chain) -> None:
    end = chain.node.clock.tip
    first, second = (list(board(chain, end).newest_first("x", end - 6 * HOUR)) for _ in range(2))
    assert first == second
    assert len(first) > 50


def test_time_brings_new_posts_and_changes_no_old_one(chain: Chain) -> None:
    end, since = chain.node.clock.tip, chain.node.clock.tip - 3 * HOUR
    before = {said.number: said for said in board(chain, end).newest_first("x", since)}
    after = {said.number: said for said in board(chain, end + HOUR).newest_first("x", since)}
    assert {number: after[number] for number in before} == before
    assert len(after) > len(before)
    assert all(end < after[number].time <= end + HOUR for number in after.keys() - before.keys())


def test_numbers_are_unique_on_a_platform(chain: Chain) -> None:
    end = chain.node.clock.tip
    for platform in ("x", "reddit", "telegram", "news"):
        counts = Counter(said.number for said in board(chain, end).newest_first(platform, end - DAY))
        assert max(counts.values()) == 1


def test_people_are_happier_while_the_price_rises(chain: Chain) -> None:
    end = chain.node.clock.tip
    moods = Moods(Market(chain.node, chain.directory))
    posts = list(board(chain, end).newest_first("x", end - 6 * DAY))
    rising = [score(said.title) for said in posts if moods.of(said.symbol, said.time).change > 0.15]
    falling = [score(said.title) for said in posts if moods.of(said.symbol, said.time).change < -0.15]
    assert min(len(rising), len(falling)) > 100
    assert mean(rising) > mean(falling) + 0.3


def test_feelings_stay_in_bounds_and_quiet_coins_are_talked_of_as_usual(chain: Chain) -> None:
    moods, end = Moods(Market(chain.node, chain.directory)), chain.node.clock.tip
    for symbol in chain.directory.pools:
        found = [moods.of(symbol, end - hour * HOUR) for hour in range(0, 24 * 40, 5)]
        assert all(-1 <= mood.feeling <= 1 and mood.talk >= 1 for mood in found)
