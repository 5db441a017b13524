"""What people say about a coin, for everybody who asks: pages, HTTP, risk, alerts.

A coin may be given by its mint or by its symbol.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, QuerySet, Sum
from django.utils import timezone

from enrichment.models import ScrapedCoin, SocialMention, SocialMetric, SocialPost, Token
from enrichment.services.social.names import CoinNames
from enrichment.services.social.trend import Trend, trend

TREND_WINDOW = timedelta(hours=1)
TREND_WINDOWS = 72  # that are looked at


@dataclass(frozen=True)
class Sentiment:
    """The mean over posts, from -1 to 1 (None without any), and how many are positive and negative."""

    mean: float | None
    mentions: int
    positive: int
    negative: int

    @property
    def neutral(self) -> int:
        """Posts that are neither."""
        return self.mentions - self.positive - self.negative


@dataclass(frozen=True)
class Hour:
    """What was said in one hour; `sentiment` is None when nothing was."""

    start: datetime
    mentions: int
    sentiment: float | None


@dataclass(frozen=True)
class PlatformShare:
    """What one platform says."""

    platform: str
    mentions: int
    sentiment: float


def known_coin(text: str) -> CoinNames | None:
    """The coin with this mint or symbol, if it was asked about before."""
    wanted = text.strip().lstrip("$")
    rows = ScrapedCoin.objects.filter(coin=wanted) or ScrapedCoin.objects.filter(symbol__iexact=wanted)
    row = rows.order_by(F("scraped_at").desc(nulls_last=True), "id").first()
    return CoinNames(row.coin, row.symbol, row.name) if row else None


def key_of(coin: str) -> str:
    """What rows about a coin are stored under."""
    known = known_coin(coin)
    return known.coin if known else coin


def vocabulary() -> list[CoinNames]:
    """Every coin that texts can be searched for: those people asked about, and tokens with names."""
    asked = [CoinNames(*row) for row in ScrapedCoin.objects.values_list("coin", "symbol", "name")]
    symbols, keys = {coin.symbol.upper() for coin in asked}, {coin.coin for coin in asked}
    tokens = Token.objects.exclude(symbol="").values_list("mint", "symbol", "name")
    # Somebody who gives a copy the symbol of a known coin must not get its news.
    return asked + [CoinNames(*row) for row in tokens if row[0] not in keys and row[1].upper() not in symbols]


def scraped_at(coin: str) -> datetime | None:
    """When people were last asked about a coin."""
    row = ScrapedCoin.objects.filter(coin=key_of(coin)).first()
    return row.scraped_at if row else None


def sentiment_of(coin: str, since: datetime) -> Sentiment:
    """How people feel about a coin, over the posts from the hour of `since` on."""
    rows = _metrics(coin, since)
    sums = rows.aggregate(
        feeling=Sum(F("sentiment") * F("mentions")),
        found=Sum("mentions", default=0),
        good=Sum("positive", default=0),
        bad=Sum("negative", default=0),
    )
    mean = sums["feeling"] / sums["found"] if sums["found"] else None
    return Sentiment(mean, sums["found"], sums["good"], sums["bad"])


def mentions_of(coin: str, since: datetime) -> int:
    """How many posts since a moment speak of a coin."""
    return SocialMention.objects.filter(coin=key_of(coin), posted_at__gte=since).count()


def trend_of(coin: str) -> Trend:
    """Whether people talk of a coin more than usual in the hour before it was last asked for."""
    key = key_of(coin)
    return trend(hourly_counts(key, scraped_at(key) or timezone.now()))


def hourly_counts(coin: str, end: datetime) -> Sequence[int]:
    """Mentions in each of the hours before `end`, oldest first, from the first one on that has any."""
    start = end - TREND_WINDOW * TREND_WINDOWS
    rows = SocialMention.objects.filter(coin=coin, posted_at__gt=start, posted_at__lte=end)
    counts = [0] * TREND_WINDOWS
    for posted_at in rows.values_list("posted_at", flat=True).iterator():
        counts[(posted_at - start) // TREND_WINDOW if posted_at < end else -1] += 1
    first = next((place for place, count in enumerate(counts) if count), TREND_WINDOWS)
    return counts[first:]


def hours_of(coin: str, since: datetime) -> list[Hour]:
    """Each hour from that of `since` to now, those without a post too."""
    rows = (
        _metrics(coin, since)
        .values("window_start")
        .annotate(found=Sum("mentions"), feeling=Sum(F("sentiment") * F("mentions")))
    )
    known = {row["window_start"]: row for row in rows}
    start, hours = _hour(since), []
    while start <= timezone.now():
        row = known.get(start)
        feeling = row["feeling"] / row["found"] if row else None
        hours.append(Hour(start, row["found"] if row else 0, feeling))
        start += timedelta(hours=1)
    return hours


def platforms_of(coin: str, since: datetime) -> list[PlatformShare]:
    """What each platform says, the loudest first."""
    rows = (
        _metrics(coin, since)
        .values("platform")
        .annotate(found=Sum("mentions"), feeling=Sum(F("sentiment") * F("mentions")))
    )
    shares = [PlatformShare(row["platform"], row["found"], row["feeling"] / row["found"]) for row in rows]
    return sorted(shares, key=lambda share: (-share.mentions, share.platform))


def latest_posts(
    coin: str, limit: int, platform: str = "", before: tuple[datetime, int] | None = None
) -> list[SocialPost]:
    """Posts about a coin, newest first, below a place (time and id of the last one seen)."""
    rows = SocialPost.objects.filter(mentions__coin=key_of(coin)).order_by("-posted_at", "-id")
    if platform:
        rows = rows.filter(platform=platform)
    if before:
        rows = rows.filter(posted_at__lte=before[0]).exclude(posted_at=before[0], id__gte=before[1])
    return list(rows[:limit])


def _metrics(coin: str, since: datetime) -> QuerySet[SocialMetric]:
    return SocialMetric.objects.filter(coin=key_of(coin), window_start__gte=_hour(since))


def _hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)
