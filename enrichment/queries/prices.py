"""Coins and their prices, as pages and API show them.

Full hours never change, so a chart's past is kept in the shared cache (by the job `warm_cache`, or by the
first who asks) and only what came since is read from the table.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.cache import caches
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import TruncHour
from django.utils import timezone

from enrichment.models import Coin, PricePoint

LONGEST = 45  # days that a chart may show
_RAW = 1  # days that are shown point by point, without the cache
_KEPT = 12 * 3600  # seconds; twice the time between two runs of warm_cache
_DAY = timedelta(days=1)
_FINE = Decimal("0.0001")  # of a per cent


@dataclass(frozen=True)
class ChartPoint:
    """What a coin cost then, in dollars."""

    time: datetime
    usd: Decimal


@dataclass(frozen=True)
class CoinRow:
    """A coin with its newest price; money in dollars, `change_24h` in per cent."""

    slug: str
    mint: str
    symbol: str
    name: str
    active: bool
    usd: Decimal | None
    change_24h: Decimal | None
    volume_24h: Decimal | None
    liquidity: Decimal | None
    market_cap: Decimal | None
    source: str
    priced_at: datetime | None

    @property
    def label(self) -> str:
        """What people call it."""
        return self.symbol or self.slug


def coin_rows(*, slug: str | None = None, after: str = "", limit: int = 200) -> list[CoinRow]:
    """The coins that are followed, by their names; with a slug that coin alone, followed or not."""
    rows = (
        Coin.objects.filter(slug=slug)
        if slug is not None
        else Coin.objects.filter(active=True, slug__gt=after)
    )
    newest = PricePoint.objects.filter(coin=OuterRef("pk")).order_by("-time")
    found = list(rows.order_by("slug").annotate(newest=Subquery(newest.values("id")[:1]))[:limit])
    points = PricePoint.objects.in_bulk([row.newest for row in found if row.newest])
    return [_row(coin, points.get(coin.newest)) for coin in found]


def chart_of(coin: Coin, days: int) -> list[ChartPoint]:
    """The coin's prices of so many days (45 at most), oldest first: by the hour, and as they came since."""
    now = timezone.now()
    since = now - timedelta(days=min(days, LONGEST))
    if days <= _RAW:
        return _points(coin.prices.filter(time__gte=since))
    past = _remembered(coin) or remember_past(coin, now)
    until = datetime.fromisoformat(past["until"])
    hours = [ChartPoint(datetime.fromisoformat(time), Decimal(usd)) for time, usd in past["points"]]
    return [point for point in hours if point.time >= since] + _points(coin.prices.filter(time__gte=until))


def remember_past(coin: Coin, now: datetime) -> dict[str, Any]:
    """Put the coin's full hours into the shared cache, each with its last price; answers with what is kept."""
    until = now.replace(minute=0, second=0, microsecond=0)
    rows = coin.prices.filter(time__gte=now - timedelta(days=LONGEST), time__lt=until)
    hours = rows.annotate(hour=TruncHour("time")).order_by("hour", "-time").distinct("hour")
    points = [[time.isoformat(), str(usd)] for time, usd, _ in hours.values_list("time", "usd", "hour")]
    past = {"until": until.isoformat(), "points": points}
    if points:
        caches["shared"].set(_key(coin), past, _KEPT)
    return past


def forget_past(coin: Coin) -> None:
    """The past was changed: read it from the table the next time."""
    caches["shared"].delete(_key(coin))


def _remembered(coin: Coin) -> dict[str, Any] | None:
    found: dict[str, Any] | None = caches["shared"].get(_key(coin))
    return found


def _key(coin: Coin) -> str:
    return f"coin-past:{coin.pk}"


def _points(rows: "QuerySet[PricePoint]") -> list[ChartPoint]:
    return [ChartPoint(time, usd) for time, usd in rows.order_by("time").values_list("time", "usd")]


def _row(coin: Coin, point: PricePoint | None) -> CoinRow:
    return CoinRow(
        slug=coin.slug,
        mint=coin.mint,
        symbol=coin.symbol,
        name=coin.name,
        active=coin.active,
        usd=point.usd if point else None,
        change_24h=_change(coin, point) if point else None,
        volume_24h=point.volume_24h if point else None,
        liquidity=point.liquidity if point else None,
        market_cap=point.market_cap if point else None,
        source=point.source if point else "",
        priced_at=point.time if point else None,
    )


def _change(coin: Coin, point: PricePoint) -> Decimal | None:
    """Against the last price that was a day old then; None when the one before is much older."""
    old = coin.prices.filter(time__lte=point.time - _DAY, time__gt=point.time - 2 * _DAY)
    before = old.order_by("-time").values_list("usd", flat=True).first()
    return ((point.usd / before - 1) * 100).quantize(_FINE) if before else None


def thinned(points: Sequence[ChartPoint], most: int) -> list[ChartPoint]:
    """Every so many points, so that at most about `most` are left; the last one always."""
    step = max(1, -(-len(points) // most))
    return [*points[:-1:step], *points[-1:]]
