"""Brings news in: each feed is asked for what changed, and an article that several carry is stored once."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from django.db import transaction
from django.utils import timezone

from enrichment.models import NewsArticle, NewsFeed
from enrichment.providers.social.feeds import Entry, Feed, Validators, fetch_feed
from enrichment.queries.social import vocabulary
from enrichment.services.failures import retry_in, together
from enrichment.services.news.duplicates import Told, canonical_url, is_told, plain_title, scoped_guid, told
from enrichment.services.sentiment.scoring import score
from enrichment.services.social.names import Tagger
from jobs.errors import JobError

COMPARED = timedelta(hours=24)  # titles are compared with those of this time before and after
_BREAKING = re.compile(r"^\W*(breaking|urgent|just in)\b", re.IGNORECASE)
_LONGEST = 20_000  # characters of a summary
_MARKS = str.maketrans({"\0": None, "\ue000": None, "\ue001": None})  # highlights are marked by them

OnFeed = Callable[[int, str], None]  # feeds done, and what the last one brought


@dataclass(frozen=True)
class FeedResult:
    """What one feed brought: its articles, the new ones, and those that others had told already."""

    url: str
    status: Literal["changed", "unchanged", "failed"]
    articles: int = 0
    new: int = 0
    duplicates: int = 0
    problem: str = ""
    retry_in: float | None = None  # seconds


@dataclass(frozen=True)
class NewsIndexResult:
    """What all feeds brought; partial when one of them failed."""

    status: Literal["complete", "partial"]
    new: int
    duplicates: int
    feeds: list[FeedResult]


def index(urls: Sequence[str], on_feed: OnFeed, *, force: bool = False) -> NewsIndexResult:
    """Store what the feeds have and the database has not; `force` reads feeds that did not change, too.

    The caller holds a lock. Raises what stands for all failures when no feed answers.
    """
    tagger, errors, results = Tagger(vocabulary()), list[JobError](), list[FeedResult]()
    for number, url in enumerate(urls, 1):
        try:
            results.append(_index(url, tagger, force=force))
        except JobError as error:
            errors.append(error)
            NewsFeed.objects.filter(url=url).update(problem=str(error), fetched_at=timezone.now())
            results.append(FeedResult(url, "failed", problem=str(error), retry_in=retry_in(error)))
        on_feed(number, f"{url}: {results[-1].problem or f'{results[-1].new} new'}")
    if errors and len(errors) == len(urls):
        raise together("no feed answered", errors)
    new, duplicates = sum(one.new for one in results), sum(one.duplicates for one in results)
    return NewsIndexResult("partial" if errors else "complete", new, duplicates, results)


def _index(url: str, tagger: Tagger, *, force: bool) -> FeedResult:
    row, _ = NewsFeed.objects.get_or_create(url=url)
    feed = fetch_feed(url, Validators() if force else Validators(row.etag, row.last_modified))
    if feed.entries is None:
        NewsFeed.objects.filter(pk=row.pk).update(fetched_at=timezone.now(), problem="")
        return FeedResult(url, "unchanged")
    with transaction.atomic():  # what the server gave for the next time counts only with what came this time
        new, duplicates = _store(url, feed, feed.entries, tagger)
        _remember(row, feed)
    return FeedResult(url, "changed", len(feed.entries), new, duplicates)


def _store(url: str, feed: Feed, entries: Sequence[Entry], tagger: Tagger) -> tuple[int, int]:
    """How many articles were new, and how many of the others were not there as themselves."""
    articles = [_article(url, feed.title, entry, tagger) for entry in entries]
    known = _known(articles)
    fresh = _once([one for one in articles if one.guid not in known and one.canonical_url not in known])
    new = _untold(fresh)
    NewsArticle.objects.bulk_create(new, ignore_conflicts=True)
    return len(new), len(fresh) - len(new)


def _article(url: str, source: str, entry: Entry, tagger: Tagger) -> NewsArticle:
    now = timezone.now()
    title = plain_title(entry.title.translate(_MARKS), source)
    summary = entry.summary.translate(_MARKS)[:_LONGEST]
    return NewsArticle(
        guid=scoped_guid(entry.guid, url),
        url=entry.url,
        canonical_url=canonical_url(entry.url),
        title=title,
        summary=summary,
        source=(source or url)[:255],
        author=entry.author[:255],
        published_at=min(entry.published_at or now, now),
        breaking=bool(_BREAKING.search(title)) or "breaking" in map(str.lower, entry.categories),
        sentiment=score(f"{title}. {summary}"),
        coins=tagger.coins_in(f"{title} {summary}"),
    )


def _known(articles: Sequence[NewsArticle]) -> set[str]:
    """Guids and addresses, of those given, that are stored."""
    guids = NewsArticle.objects.filter(guid__in=[one.guid for one in articles]).values_list("guid", flat=True)
    urls = NewsArticle.objects.filter(canonical_url__in=[one.canonical_url for one in articles])
    return {*guids, *urls.values_list("canonical_url", flat=True)}


def _once(articles: Sequence[NewsArticle]) -> list[NewsArticle]:
    """Of those with one guid or one address the first: a feed may carry an article twice."""
    by_guid = {one.guid: one for one in reversed(articles)}
    return list({one.canonical_url: one for one in by_guid.values()}.values())[::-1]


def _untold(articles: Sequence[NewsArticle]) -> list[NewsArticle]:
    """The articles that nobody has told, neither before nor among themselves; of two the older stays."""
    new: list[NewsArticle] = []
    if not articles:
        return new
    oldest, newest = (pick(one.published_at for one in articles) for pick in (min, max))
    near = NewsArticle.objects.filter(published_at__range=(oldest - COMPARED, newest + COMPARED))
    others = [(at, told(title, source, coins))
              for at, title, source, coins in near.values_list("published_at", "title", "source", "coins")]  # fmt: skip
    for article in sorted(articles, key=lambda one: one.published_at):
        own = told(article.title, article.source, article.coins)
        at = article.published_at
        close: list[Told] = [other for when, other in others if abs(when - at) <= COMPARED]
        if not is_told(own, close):
            new.append(article)
            others.append((at, own))
    return new


def _remember(row: NewsFeed, feed: Feed) -> None:
    now = timezone.now()
    NewsFeed.objects.filter(pk=row.pk).update(
        title=feed.title[:255],
        etag=feed.validators.etag,
        last_modified=feed.validators.last_modified,
        fetched_at=now,
        changed_at=now,
        problem="",
    )
