"""/social/{coin} and /jobs/social-scraping/{coin}: what people say about a coin; have them asked now."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Field, Path, Query, Router
from ninja.responses import Status

from enrichment.http.answers import HourOut, PlatformOut, PostOut, SentimentOut, SocialOut, TrendOut
from enrichment.http.cursors import read, written
from enrichment.queries import social
from enrichment.tasks import scrape_social_data
from enrichment.tasks.social import CoinText, Platform, Timeframe, Word
from jobs.errors import NotFound
from jobs.http import represent
from jobs.http.answers import PROBLEMS, Started
from jobs.http.auth import must_start
from jobs.http.schemas import Camel, Strict
from jobs.presence import seen
from jobs.priority import Priority

router = Router(by_alias=True, tags=["social"])
starting = Router(by_alias=True, tags=["social"])

Coin = Annotated[CoinText, Path(description="A mint, or a symbol with or without its dollar sign.")]


class SocialFilter(Camel):
    """How far back, and which posts."""

    hours: int = Field(48, ge=1, le=720, description="How far metrics and sentiment go back.")
    platform: Literal["reddit", "x", "telegram", "feeds"] | None = None
    cursor: Annotated[str, Field(max_length=300)] | None = None
    limit: int = Field(20, ge=1, le=100)


class ScrapeBody(Strict):
    """What to look for besides the coin's names, and where."""

    keywords: Annotated[list[Word], Field(max_length=10)] | None = None
    platforms: Annotated[list[Platform], Field(min_length=1)] | None = None
    timeframe: Timeframe = "24h"


@router.get("/{coin}", response={200: SocialOut, **PROBLEMS})
def read_social(request: HttpRequest, coin: Coin, wanted: Query[SocialFilter]) -> SocialOut:
    """Sentiment, mentions by the hour, trend, and posts, newest first; 404 for a coin nobody asked about."""
    known = social.known_coin(coin)
    if known is None:
        raise NotFound(
            f"Nobody has asked about the coin {coin} yet; POST to /jobs/social-scraping/{coin} first."
        )
    seen(known.coin)
    since = timezone.now() - timedelta(hours=wanted.hours)
    place = read(wanted.cursor, (datetime, int)) if wanted.cursor else None
    before = (place[0], place[1]) if place else None
    posts = social.latest_posts(known.coin, wanted.limit + 1, wanted.platform or "", before)
    page = posts[: wanted.limit]
    return SocialOut(
        coin=known.coin,
        symbol=known.symbol,
        name=known.name,
        scraped_at=social.scraped_at(known.coin),
        since=since,
        sentiment=SentimentOut.model_validate(social.sentiment_of(known.coin, since)),
        trend=TrendOut.model_validate(social.trend_of(known.coin)),
        platforms=[PlatformOut.model_validate(one) for one in social.platforms_of(known.coin, since)],
        hours=[HourOut.model_validate(one) for one in social.hours_of(known.coin, since)],
        posts=[PostOut.model_validate(post) for post in page],
        next=written([page[-1].posted_at, page[-1].id]) if len(posts) > len(page) else None,
    )


@starting.post("/{coin}", response={202: Started, **PROBLEMS})
def scrape(
    request: HttpRequest, response: HttpResponse, coin: Coin, body: ScrapeBody | None = None
) -> Status[Started]:
    """Ask people about a coin now, ahead of what the schedule asks."""
    must_start(request, scrape_social_data)
    arguments = body.model_dump(mode="json", exclude_none=True) if body else {}
    job = scrape_social_data.using(priority=Priority.CRITICAL).enqueue(coin=coin.lstrip("$"), **arguments)
    started = represent.started(job.answer)
    response["Location"] = started.links.self
    return Status(202, started)
