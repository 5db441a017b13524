"""Jobs about what people say."""

from datetime import timedelta
from typing import Annotated, Any, Literal

from celery import shared_task
from pydantic import Field, StringConstraints

from enrichment.models import ScrapedCoin
from enrichment.providers.social.sources import SOURCES
from enrichment.services.social.coins import ensure_coin
from enrichment.services.social.scrape import SocialScrapeResult, Wanted, scrape
from enrichment.services.social.store import delete_older
from jobs import Unique, lock, log, progress

CoinText = Annotated[
    str, StringConstraints(strip_whitespace=True, pattern=r"^\$?[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=64)
]
Word = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=2, max_length=64, pattern=r'^[^"]*$')
]
Platform = Literal["reddit", "x", "telegram", "feeds"]
Timeframe = Literal["1h", "6h", "24h", "7d", "30d"]

_HOURS: dict[str, int] = {"1h": 1, "6h": 6, "24h": 24, "7d": 168, "30d": 720}


@shared_task(
    time_limit=120,
    stale_after=300,
    unique=Unique("coin", "keywords", "platforms", "timeframe"),
    subject="coin",
)
def scrape_social_data(
    *,
    coin: CoinText,
    keywords: Annotated[list[Word], Field(max_length=10)] | None = None,
    platforms: Annotated[list[Platform], Field(min_length=1)] | None = None,
    timeframe: Timeframe = "24h",
    limit: Annotated[int, Field(ge=1, le=1_000)] = 200,
) -> SocialScrapeResult:
    """Find what people say about a coin (by mint or symbol) on Reddit, X, Telegram and in feeds.

    `keywords` are looked for besides the coin's names; `limit` is per platform. Posts are stored once, scored
    and counted by the hour. The result is partial when a platform failed, and says which and why; another job
    asks those again that may answer then.
    """
    progress(0, "Finding out which coin is meant")
    names = ensure_coin(coin.lstrip("$"))
    asked = tuple(dict.fromkeys(platforms or SOURCES))
    wanted = Wanted(tuple(keywords or ()), asked, timedelta(hours=_HOURS[timeframe]), limit)

    def tell(done: int, message: str) -> None:
        progress(0.05 + 0.85 * done / len(asked), message)

    with lock(f"social:{names.coin}:scrape", life=120):
        result = scrape(names, wanted, tell)
    _ask_again(result, {"coin": names.coin, "keywords": keywords, "timeframe": timeframe, "limit": limit})
    progress(1, f"{result.posts} posts, {result.new} new{', trending' if result.trending else ''}")
    return result


def _ask_again(result: SocialScrapeResult, arguments: dict[str, Any]) -> None:
    """A job of their own for the platforms that failed: each time fewer, until one job fails for all it asks."""
    for platform in result.platforms:
        if platform.problem:
            log(f"{platform.platform} is missing: {platform.problem}", "warning")
    waits = {one.platform: one.retry_in for one in result.platforms if one.retry_in is not None}
    if waits:
        later = scrape_social_data.using(countdown=max(waits.values()))
        later.enqueue(platforms=sorted(waits), **arguments)


@shared_task(time_limit=60, unique=Unique())
def scrape_watched_coins(*, timeframe: Timeframe = "24h") -> int:
    """Start scrape_social_data for each coin that is watched; how many those are."""
    coins = ScrapedCoin.objects.filter(watched=True).values_list("coin", flat=True)
    scrape_social_data.enqueue_many([{"coin": coin, "timeframe": timeframe} for coin in coins])
    return len(coins)


@shared_task(time_limit=600, stale_after=900, unique=Unique())
def cleanup_old_social_metrics(*, older_than_days: Annotated[int, Field(ge=1)] = 30) -> dict[str, int]:
    """Delete metrics, posts and mentions that are older than so many days; how many of each."""
    return delete_older(older_than_days)
