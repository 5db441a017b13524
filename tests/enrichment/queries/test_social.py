"""What people say, as others ask for it."""

import itertools
from datetime import timedelta

import pytest
from django.utils import timezone

from enrichment.models import ScrapedCoin, Token
from enrichment.queries import social
from tests.enrichment.social_rows import MINT, ago, coin, post, say

pytestmark = pytest.mark.django_db


def test_the_mean_weighs_every_post_the_same_over_hours_and_platforms() -> None:
    coin()
    say(
        "PEBL",
        post(1, "bullish", ago(1), "x"),
        post(2, "scam", ago(1), "x"),
        post(3, "bullish", ago(5), "reddit"),
    )
    one = {text: social.latest_posts("PEBL", 9) for text in ("all",)}["all"]
    found = social.sentiment_of("PEBL", ago(10))
    assert (found.mentions, found.positive, found.negative, found.neutral) == (3, 2, 1, 0)
    assert found.mean == pytest.approx(sum(row.sentiment for row in one) / 3)


def test_no_posts_have_no_mean_and_no_trend() -> None:
    coin()
    assert social.sentiment_of("PEBL", ago(10)).mean is None
    assert social.mentions_of("PEBL", ago(10)) == 0
    assert (social.trend_of("PEBL").z, social.trend_of("PEBL").trending) == (None, False)
    assert social.sentiment_of("nobody knows it", ago(10)).mentions == 0


def test_a_coin_is_found_by_its_mint_and_by_its_symbol_in_any_case() -> None:
    coin(MINT, "PEBL")
    say(MINT, post(1, "bullish", ago(1)))
    assert [social.mentions_of(name, ago(2)) for name in (MINT, "PEBL", "pebl", "$pebl")] == [1, 1, 1, 1]


def test_of_two_coins_with_one_symbol_the_one_that_was_asked_about_last_is_meant() -> None:
    ScrapedCoin.objects.create(coin="old", symbol="PEBL", scraped_at=ago(9))
    ScrapedCoin.objects.create(coin="never", symbol="PEBL")
    ScrapedCoin.objects.create(coin="new", symbol="PEBL", scraped_at=ago(1))
    assert social.key_of("PEBL") == "new"


def test_a_sudden_crowd_is_a_trend_and_a_steady_one_is_not() -> None:
    coin()
    steady = [post(n, "hm", ago(1.5 + n / 4)) for n in range(4 * 20)]
    say("PEBL", *steady)
    assert social.trend_of("PEBL").trending is False
    say("PEBL", *(post(1000 + n, "hm", ago(0.5)) for n in range(30)))
    found = social.trend_of("PEBL")
    assert (found.mentions, found.trending) == (30, True)
    assert found.z is not None
    assert found.z > 3


def test_hours_without_posts_are_there_too() -> None:
    coin()
    say("PEBL", post(1, "bullish", ago(3)))
    hours = social.hours_of("PEBL", ago(5))
    assert [hour.mentions for hour in hours].count(0) == len(hours) - 1 == 5
    assert sum(hour.mentions for hour in hours) == 1
    assert {later.start - hour.start for hour, later in itertools.pairwise(hours)} == {timedelta(hours=1)}


def test_posts_come_page_by_page_though_they_share_a_second() -> None:
    coin()
    now = timezone.now()
    say("PEBL", *(post(n, "hm", now) for n in range(5)))
    seen: list[int] = []
    place = None
    while page := social.latest_posts("PEBL", 2, before=place):
        seen += [row.id for row in page]
        place = (page[-1].posted_at, page[-1].id)
    assert len(seen) == len(set(seen)) == 5


def test_a_copy_of_a_known_symbol_is_no_word_to_look_for() -> None:
    coin(MINT, "PEBL")
    Token.objects.create(mint="copy", decimals=6, symbol="pebl", name="Pebble")
    Token.objects.create(mint="moth", decimals=6, symbol="MOTH", name="Moth")
    assert sorted(names.coin for names in social.vocabulary()) == [MINT, "moth"]
