"""index_market_news, against the sandbox."""

from typing import Any

import pytest
from django.conf import LazySettings
from django.db.models import Count

from enrichment.models import NewsArticle, NewsFeed
from enrichment.providers.addresses import news_feeds
from enrichment.tasks import index_market_news
from jobs import testing
from jobs.errors import ArgumentsRefused, Transient
from jobs.models import Job
from tests.enrichment.providers.conformance.server import Reply, scripted
from tests.enrichment.social_rows import coin
from tests.outside import Outside

pytestmark = pytest.mark.django_db


def indexed(**arguments: Any) -> dict[str, Any]:
    """The result of one job."""
    with testing.inline():
        result = index_market_news.delay(**arguments)
    found: dict[str, Any] = result.get()
    return found


def test_articles_are_stored_once_though_two_newsrooms_carry_them(outside: Outside) -> None:
    coin("pebl-mint", "PEBL", "Pebble")
    found = indexed()
    assert found["status"] == "complete"
    assert found["new"] == NewsArticle.objects.count() > 20
    wire = next(feed for feed in found["feeds"] if feed["url"].endswith("wire.rss"))
    assert wire["duplicates"] > wire["new"]  # it takes most of its articles from the other one
    titles = NewsArticle.objects.values("title", "coins", "published_at").annotate(count=Count("id"))
    assert max(row["count"] for row in titles) == 1
    assert not NewsArticle.objects.filter(title__contains="Market Wire").exists()
    tagged = NewsArticle.objects.filter(coins=["pebl-mint"])
    assert tagged
    assert all("Pebble" in row.title or "$PEBL" in row.summary for row in tagged)


def test_a_feed_that_did_not_change_is_not_read_again(outside: Outside) -> None:
    first = indexed()
    again = indexed()
    assert {feed["status"] for feed in first["feeds"]} == {"changed"}
    assert {feed["status"] for feed in again["feeds"]} <= {"unchanged", "changed"}
    assert [feed["status"] for feed in again["feeds"]].count(
        "unchanged"
    ) >= 2  # one may have changed just now
    forced = indexed(force_refresh=True)
    assert {feed["status"] for feed in forced["feeds"]} == {"changed"}
    assert forced["new"] <= 2
    assert all(row.etag and row.last_modified for row in NewsFeed.objects.all())


def test_breaking_news_is_marked(outside: Outside) -> None:
    indexed()
    for row in NewsArticle.objects.all():
        assert row.breaking == row.title.startswith("Breaking")


def test_a_feed_that_fails_is_told_and_read_the_next_time(outside: Outside) -> None:
    with testing.stepwise() as jobs:
        with outside.faults(status_500=1, paths=["/feeds/ledger.atom"]):
            result = index_market_news.delay()
            jobs.run_next()
        assert result.get()["status"] == "partial"
        failed = NewsFeed.objects.get(url__endswith="ledger.atom")
        assert "answered 500" in failed.problem
        assert [job.kwargs["feeds"] for job in jobs.in_state("delayed")] == [[failed.url]]
        jobs.run_until_idle()
        assert len(jobs.completed) == 2
    failed.refresh_from_db()
    assert (failed.problem, failed.changed_at is not None) == ("", True)


def test_seven_attempts_ever_further_apart(outside: Outside) -> None:
    with testing.stepwise() as jobs, outside.faults(status_500=1, paths=["/feeds"]):
        index_market_news.delay()
        jobs.run_until_idle()
        job = jobs.assert_failed(index_market_news, error=Transient)
        assert (job.attempt, job.queue) == (7, "index-market-news")
        assert 200 < jobs.elapsed.total_seconds() < 300  # 10 + 20 + 30 + 40 + 50 + 60, with jitter


def test_a_feed_that_is_not_ours_is_refused(outside: Outside) -> None:
    with pytest.raises(ArgumentsRefused, match="none of the feeds of this site"):
        index_market_news.delay(feeds=[news_feeds()[0], "http://169.254.169.254/latest"])
    assert not Job.objects.exists()


def test_an_article_that_a_feed_carries_twice_is_counted_once(settings: LazySettings) -> None:
    twice = (
        "<item><title>Up</title><link>http://a.example/1</link><guid>the-guid-of-this-article</guid></item>"
    )
    other = "<item><title>Down</title><link>http://a.example/1?utm_source=x</link><guid>another-guid-of-it</guid></item>"
    with scripted() as server:
        server.reply = Reply(
            body=f'<rss version="2.0"><channel>{twice}{twice}{other}</channel></rss>'.encode()
        )
        settings.NEWS_FEEDS = [f"{server.url}/feed.rss"]
        found = indexed()
    assert (found["new"], NewsArticle.objects.count()) == (1, 1)
    assert found["feeds"][0]["articles"] == 3
