"""What is known of a coin's social life."""

from datetime import UTC, datetime, timedelta

import pytest

from analysis.queries.social import facts_of_hours, social_facts
from analysis.services.risk.social import SocialFacts
from enrichment.models import Coin, SocialMetric

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def ago(hours: float) -> datetime:
    """So many hours before now."""
    return NOW - timedelta(hours=hours)


def test_the_last_day_is_added_up_and_its_mood_weighted_by_mentions() -> None:
    hours = [(ago(1), 30, 0.5), (ago(23), 10, -0.5)]
    assert facts_of_hours(hours, NOW) == SocialFacts(40, 0.25, None)


@pytest.mark.parametrize(
    ("days", "trend"),
    [
        ([10, 10], None),  # two days before do not say what is usual
        ([10, 10, 10], 30 / 10**0.5),
        ([0, 0, 12], 36 / 5.65685),  # quiet days count from the first mention on
        ([], None),
    ],
)
def test_days_before_the_first_mention_say_nothing_of_the_usual(days: list[int], trend: float | None) -> None:
    before = [(ago(24 * day + 1), mentions, 0.0) for day, mentions in enumerate(days, 1)]
    facts = facts_of_hours([(ago(2), 40, 0.1), *before], NOW)
    assert facts is not None
    assert facts.trend == (None if trend is None else pytest.approx(trend, rel=1e-3))


def test_the_trend_is_in_deviations_from_the_days_before() -> None:
    quiet = [
        (ago(24 * day + 1), 10 if day % 2 else 14, 0.0) for day in range(1, 8)
    ]  # mean 11.71, deviation 1.98, and by counting alone 3.42
    facts = facts_of_hours([(ago(2), 32, 0.1), *quiet], NOW)
    assert facts is not None
    assert facts.trend == pytest.approx(5.93, abs=0.01)


def test_a_few_more_than_every_day_s_many_are_no_sensation() -> None:
    steady = [(ago(24 * day + 1), 1_000, 0.0) for day in range(1, 8)]
    facts = facts_of_hours([(ago(2), 1_003, 0.1), *steady], NOW)
    assert facts is not None
    assert facts.trend == pytest.approx(3 / 1_000**0.5)


def test_without_mentions_in_the_last_day_nothing_is_known() -> None:
    assert facts_of_hours([(ago(30), 5, 0.9)], NOW) is None
    assert facts_of_hours([], NOW) is None


@pytest.mark.django_db
def test_a_coin_that_nobody_scraped_is_tolerated() -> None:
    assert social_facts(Coin.objects.create(slug="a", mint="1" * 32)) is None


@pytest.mark.django_db
def test_the_hours_of_a_coins_mint_count_on_all_platforms() -> None:
    now = datetime.now(UTC)
    for platform, mentions, mood in (("reddit", 6, 0.5), ("x", 2, -0.5)):
        SocialMetric.objects.create(
            coin="1" * 32, platform=platform, window_start=now - timedelta(hours=1), mentions=mentions,
            sentiment=mood, positive=0, negative=0, engagement=0,
        )  # fmt: skip
    facts = social_facts(Coin.objects.create(slug="a", mint="1" * 32, symbol="A"))
    assert facts is not None
    assert (facts.mentions, facts.sentiment) == (8, 0.25)
