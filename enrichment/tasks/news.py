"""The job that brings news in."""

from datetime import datetime
from typing import Annotated

from celery import shared_task
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from enrichment.providers.addresses import news_feeds
from enrichment.services.news.index import NewsIndexResult, index
from jobs import Unique, lock, log, progress


def _own_feed(url: str) -> str:
    if url not in news_feeds():
        known = ", ".join(news_feeds())
        raise PydanticCustomError("feed", "is none of the feeds of this site: {known}", {"known": known})
    return url


FeedUrl = Annotated[str, AfterValidator(_own_feed)]


@shared_task(time_limit=120, stale_after=240, unique=Unique("feeds", "breaking", "force_refresh"))
def index_market_news(
    *,
    feeds: Annotated[list[FeedUrl], Field(min_length=1)] | None = None,
    breaking: bool = False,
    published_at: datetime | None = None,
    force_refresh: bool = False,
) -> NewsIndexResult:
    """Fetch the news feeds (all of them by default) and make what is new searchable.

    Feeds are asked for what changed since the last time, unless `force_refresh` is given. Whoever knows that
    something happened says so with `breaking` or `published_at`: the job's priority follows from them. Another
    job asks the feeds again that failed and may answer then.
    """
    urls = list(dict.fromkeys(feeds or news_feeds()))
    with lock("news:index", life=120):
        result = index(urls, lambda done, told: progress(done / (len(urls) + 1), told), force=force_refresh)
    _ask_again(result, force_refresh=force_refresh)
    progress(1, f"{result.new} new articles, {result.duplicates} told before")
    return result


def _ask_again(result: NewsIndexResult, *, force_refresh: bool) -> None:
    """A job of their own for the feeds that failed: each time fewer, until one job fails for all it asks."""
    for feed in result.feeds:
        if feed.problem:
            log(f"{feed.url} is missing: {feed.problem}", "warning")
    waits = {feed.url: feed.retry_in for feed in result.feeds if feed.retry_in is not None}
    if waits:
        later = index_market_news.using(countdown=max(waits.values()))
        later.enqueue(feeds=sorted(waits), force_refresh=force_refresh)
