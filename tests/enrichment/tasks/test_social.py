"""scrape_social_data, against the sandbox."""

from typing import Any

import pytest
from django.conf import LazySettings

from enrichment.models import NewsArticle, ScrapedCoin, SocialMention, SocialMetric, SocialPost
from enrichment.providers.social.sources import SOURCES
from enrichment.tasks import cleanup_old_social_metrics, scrape_social_data, scrape_watched_coins
from jobs import testing
from jobs.errors import Permanent
from tests.enrichment.social_rows import MINT, ago, article, coin, post, say
from tests.outside import Outside

pytestmark = pytest.mark.django_db


def scraped(**arguments: Any) -> dict[str, Any]:
    """The result of one job."""
    with testing.inline():
        result = scrape_social_data.delay(**arguments)
    found: dict[str, Any] = result.get()
    return found


def mint_of(outside: Outside, symbol: str) -> str:
    """A coin of the sandbox."""
    return next(str(row["mint"]) for row in outside._get("/sandbox/tokens") if row["symbol"] == symbol)


def test_a_symbol_is_understood_as_its_mint_and_every_platform_is_asked(outside: Outside) -> None:
    found = scraped(coin="$pebl")
    assert (found["status"], found["coin"], found["symbol"]) == ("complete", mint_of(outside, "PEBL"), "PEBL")
    assert [one["platform"] for one in found["platforms"]] == sorted(SOURCES)
    assert found["posts"] == found["new"] == SocialPost.objects.count() == SocialMention.objects.count()
    assert found["posts"] > 50
    assert sum(SocialMetric.objects.values_list("mentions", flat=True)) == found["mentions"]
    assert -1 <= found["sentiment"] <= 1
    assert ScrapedCoin.objects.get().scraped_at is not None


def test_a_second_time_adds_nothing_twice(outside: Outside) -> None:
    first = scraped(coin="MOTH", platforms=["x"], timeframe="6h")
    second = scraped(coin=first["coin"], platforms=["x"], timeframe="6h")
    assert second["new"] <= 2  # what was said meanwhile
    assert SocialPost.objects.count() == first["new"] + second["new"]
    assert ScrapedCoin.objects.get().scraped_at is None  # not everywhere was asked


def test_a_platform_that_fails_is_told_and_the_others_count(outside: Outside) -> None:
    with outside.faults(status_500=1, paths=["/reddit", "/telegram"]):
        found = scraped(coin="PEBL", timeframe="6h")
    problems = {one["platform"]: one["problem"] for one in found["platforms"]}
    assert found["status"] == "partial"
    assert (problems["x"], problems["feeds"]) == ("", "")
    assert "Reddit" in problems["reddit"]
    assert "answered 500" in problems["telegram"]
    assert set(SocialPost.objects.values_list("platform", flat=True)) <= {"x", "feeds"}


def test_the_platforms_that_failed_are_asked_again_by_a_job_of_their_own(outside: Outside) -> None:
    with testing.stepwise() as jobs:
        with outside.faults(status_429=1, retry_after=9, paths=["/reddit", "/x"]):
            scrape_social_data.delay(coin="PEBL", timeframe="6h", limit=50)
            jobs.run_next()
        (again,) = jobs.in_state("delayed")
        assert again.kwargs["platforms"] == ["reddit", "x"]
        assert again.kwargs["timeframe"] == "6h"
        jobs.advance(seconds=10)
        jobs.run_all()
        assert len(jobs.completed) == 2
    assert {"x", "telegram"} <= set(SocialPost.objects.values_list("platform", flat=True))


def test_platforms_that_fail_now_and_then_end_in_no_dead_letter(outside: Outside) -> None:
    faults = {"status_429": 0.1, "status_500": 0.15, "retry_after": 0}
    with outside.faults(**faults, paths=["/telegram", "/feeds", "/reddit", "/x"]), testing.stepwise() as jobs:
        for symbol in ("PEBL", "KITE", "MOTH"):
            scrape_social_data.delay(coin=symbol, timeframe="7d")
        jobs.run_until_idle()
        assert not jobs.dead_letters
        assert {job.state for job in jobs.completed} == {"completed"}
    assert set(SocialPost.objects.values_list("platform", flat=True)) == set(SOURCES)


def test_a_platform_that_refuses_is_not_asked_again(outside: Outside, settings: LazySettings) -> None:
    settings.NEWS_FEEDS = [f"{outside.url}/feeds/nothing.rss"]
    with testing.stepwise() as jobs:
        result = scrape_social_data.delay(coin="PEBL", timeframe="6h")
        jobs.run_next()
        assert jobs.in_state("delayed") == []
    assert result.get()["status"] == "partial"


def test_when_all_ask_to_wait_the_job_waits_without_using_an_attempt(outside: Outside) -> None:
    coin(mint_of(outside, "PEBL"))
    with testing.stepwise() as jobs:
        with outside.faults(status_429=1, retry_after=7, paths=["/reddit", "/x", "/telegram", "/feeds"]):
            scrape_social_data.delay(coin="PEBL")
            job = jobs.run_next()
        assert job is not None
        assert (job.state, job.attempt) == ("delayed", 0)
        jobs.run_until_idle()
        assert [done.state for done in jobs.completed] == ["completed"]


def test_a_token_that_no_market_knows_is_not_tried_again(outside: Outside) -> None:
    unknown = "4Nd1mYQzvFVmRXFfQ9gTn1Yb3sWnDqYk2X1w1kq6bGm1"
    with testing.inline() as jobs:
        scrape_social_data.delay(coin=unknown)
        jobs.assert_failed(scrape_social_data, coin=unknown, error=Permanent)
    assert not ScrapedCoin.objects.exists()


def test_words_of_ones_own_find_posts_that_do_not_name_the_coin(outside: Outside) -> None:
    plain = scraped(coin="PEBL", platforms=["x"], timeframe="6h")
    more = scraped(coin="PEBL", platforms=["x"], timeframe="6h", keywords=["MOTH", "KITE"])
    assert more["posts"] > plain["posts"]


def test_articles_that_were_there_get_the_coin_that_people_ask_about(outside: Outside) -> None:
    article("Pebble rallies")
    article("A pebble on the beach")
    found = scraped(coin="PEBL", platforms=["x"], timeframe="1h")
    assert [row.coins for row in NewsArticle.objects.order_by("id")] == [[found["coin"]], []]


def test_every_coin_that_is_watched_is_asked_about(settings: LazySettings) -> None:
    coin("A", "A")
    coin(MINT, "SOL")
    ScrapedCoin.objects.create(coin="B", symbol="B", watched=False)
    with testing.stepwise() as jobs:
        scrape_watched_coins.delay()
        jobs.run_next()
        assert len(jobs.enqueued(scrape_social_data, coin="A", timeframe="24h")) == 1
        assert len(jobs.enqueued(scrape_social_data, coin=MINT, timeframe="24h")) == 1
        jobs.assert_not_enqueued(scrape_social_data, coin="B", timeframe="24h")


def test_a_month_is_kept() -> None:
    say("A", post(1, "hm", ago(24 * 31)), post(2, "hm", ago(1)))
    with testing.inline():
        result = cleanup_old_social_metrics.delay()
    assert result.get() == {"metrics": 1, "posts": 1}
