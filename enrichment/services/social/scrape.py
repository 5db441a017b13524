"""Asks the platforms about a coin, all at the same time, and stores what they say."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.utils import timezone

from enrichment.providers.social.matching import has_any
from enrichment.providers.social.records import Post
from enrichment.providers.social.sources import SOURCES
from enrichment.queries.social import sentiment_of, trend_of
from enrichment.services.failures import retry_in, together
from enrichment.services.social.names import CoinNames, Tagger
from enrichment.services.social.store import count_again, note_scraped, store_posts
from jobs.errors import JobError

OnPlatform = Callable[[int, str], None]  # platforms that have answered, and what the last one brought


@dataclass(frozen=True)
class Wanted:
    """What to look for: more words than the coin's own names, where, how far back, how much of each platform."""

    words: tuple[str, ...]
    platforms: tuple[str, ...]
    timeframe: timedelta
    limit: int


@dataclass(frozen=True)
class PlatformResult:
    """What one platform brought: posts about the coin, and the new ones among them; or why nothing.

    `retry_in` is in seconds; None when it did answer, or never will.
    """

    platform: str
    posts: int
    new: int
    problem: str
    retry_in: float | None


@dataclass(frozen=True)
class SocialScrapeResult:
    """What a search brought; partial when a platform failed. The sentiment is over the time asked for."""

    status: Literal["complete", "partial"]
    coin: str
    symbol: str
    posts: int
    new: int
    platforms: list[PlatformResult]
    sentiment: float | None
    mentions: int
    z: float | None
    trending: bool


@dataclass(frozen=True)
class _Answer:
    platform: str
    posts: list[Post]
    error: JobError | None = None


def scrape(coin: CoinNames, wanted: Wanted, on_platform: OnPlatform) -> SocialScrapeResult:
    """Find posts about a coin, store them, count them. A platform that fails is told in the result.

    When all of them fail: RateLimited if one only asks to wait, else Transient, else Permanent.
    """
    began = timezone.now()
    since = began - wanted.timeframe
    answers = sorted(_ask(coin, wanted, since, on_platform), key=lambda answer: answer.platform)
    if all(answer.error for answer in answers):
        raise together("no platform answered", [answer.error for answer in answers if answer.error])
    about = _about(coin, wanted, answers)
    new = store_posts([(post, [coin.coin]) for post in about]).new
    count_again([coin.coin], since)
    if set(wanted.platforms) == set(SOURCES):
        note_scraped(coin.coin, began)
    return _told(coin, since, answers, Counter(post.platform for post in about), new)


def _told(
    coin: CoinNames, since: datetime, answers: Sequence[_Answer], found: Counter[str], new: Mapping[str, int]
) -> SocialScrapeResult:
    """What the answers brought, out of the posts found about the coin and the new ones, by platform."""
    feeling, heat = sentiment_of(coin.coin, since), trend_of(coin.coin)
    return SocialScrapeResult(
        status="partial" if any(answer.error for answer in answers) else "complete",
        coin=coin.coin,
        symbol=coin.symbol,
        posts=found.total(),
        new=sum(new.values()),
        platforms=[_of_platform(answer, found, new) for answer in answers],
        sentiment=None if feeling.mean is None else round(feeling.mean, 4),
        mentions=feeling.mentions,
        z=None if heat.z is None else round(heat.z, 2),
        trending=heat.trending,
    )


def _of_platform(answer: _Answer, found: Counter[str], new: Mapping[str, int]) -> PlatformResult:
    name, error = answer.platform, answer.error
    return PlatformResult(name, found[name], new.get(name, 0), str(error or ""), retry_in(error))


def _ask(coin: CoinNames, wanted: Wanted, since: datetime, tell: OnPlatform) -> Iterator[_Answer]:
    words = list(dict.fromkeys([*coin.words, *wanted.words]))

    def ask(platform: str) -> _Answer:
        try:
            return _Answer(platform, SOURCES[platform].search(words, since, wanted.limit))
        except JobError as error:
            return _Answer(platform, [], error)

    with ThreadPoolExecutor(len(wanted.platforms), "social") as pool:
        calls = [pool.submit(ask, platform) for platform in wanted.platforms]
        for number, call in enumerate(as_completed(calls), 1):
            answer = call.result()
            tell(number, f"{answer.platform}: {answer.error or f'{len(answer.posts)} posts'}")
            yield answer


def _about(coin: CoinNames, wanted: Wanted, answers: Sequence[_Answer]) -> list[Post]:
    """The posts that really speak of the coin: platforms find every kite that a child flies."""
    tagger = Tagger([coin])
    return [
        post
        for answer in answers
        for post in answer.posts
        if tagger.coins_in(post.text) or has_any(post.text, wanted.words)
    ]
