"""A coin's prices: fetched, and stored once a minute."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

from django.utils import timezone

from enrichment.models import Coin, PricePoint
from enrichment.providers.prices import coingecko
from enrichment.providers.prices.market import quote_of
from enrichment.providers.prices.quotes import PastPrice, Quote
from enrichment.queries.prices import forget_past
from enrichment.services.coins.following import learn_names
from enrichment.services.fitting import fitting
from jobs.errors import JobError

HISTORY_DAYS = 45  # what a coin that is new gets from the past; by the hour
_FIGURES = ("usd", "volume_24h", "liquidity", "market_cap", "source")
_CENTS, _PLACES = 2, 18  # decimal places
_SMALLEST = Decimal("1e-18")
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class PriceUpdate:
    """What an update did. Money is in dollars, as exact text; `time` is ISO 8601 in UTC.

    no-market: every market answered, and none has a price.
    """

    coin: str
    status: Literal["updated", "no-market"]
    time: str
    usd: str | None = None
    change_24h: str | None = None
    volume_24h: str | None = None
    liquidity: str | None = None
    source: str = ""
    past_points: int = 0


def update_price(coin: Coin) -> PriceUpdate:
    """Ask the markets and store the answer; a coin without prices gets its past as well.

    Raises what the markets raise. Two at once for one coin store one row a minute.
    """
    quote, now = quote_of(coin.mint), timezone.now()
    if quote is None or _price(quote.usd) is None:
        return PriceUpdate(coin.slug, "no-market", now.isoformat())
    past = 0 if coin.prices.exists() else _store_past(coin, now)
    store_quote(coin, quote, now)
    learn_names(coin, quote.symbol, quote.name)
    return PriceUpdate(
        coin=coin.slug,
        status="updated",
        time=now.isoformat(),
        usd=f"{quote.usd:f}",
        change_24h=_text(quote.change_24h),
        volume_24h=_text(quote.volume_24h),
        liquidity=_text(quote.liquidity),
        source=quote.source,
        past_points=past,
    )


def store_quote(coin: Coin, quote: Quote, now: datetime) -> None:
    """The quote as the price of this minute; a later one of the same minute takes its place.

    What no column can hold is left out: of worthless coins markets tell values with thirty digits.
    """
    usd = _price(quote.usd)
    if usd is None:
        return
    point = PricePoint(
        coin=coin,
        time=now.replace(second=0, microsecond=0),
        usd=usd,
        volume_24h=fitting(quote.volume_24h, _CENTS),
        liquidity=fitting(quote.liquidity, _CENTS),
        market_cap=fitting(quote.market_cap, _CENTS),
        source=quote.source,
    )
    PricePoint.objects.bulk_create(
        [point], update_conflicts=True, unique_fields=["coin", "time"], update_fields=_FIGURES
    )


def store_past(coin: Coin, past: Sequence[PastPrice]) -> int:
    """Add prices of the past where there are none; how many were offered."""
    by_minute = {one.time.replace(second=0, microsecond=0): one for one in past}
    PricePoint.objects.bulk_create(
        [
            PricePoint(
                coin=coin,
                time=minute,
                usd=usd,
                volume_24h=fitting(one.volume_24h, _CENTS),
                market_cap=fitting(one.market_cap, _CENTS),
                source="coingecko",
            )
            for minute, one in by_minute.items()
            if (usd := _price(one.usd)) is not None
        ],
        ignore_conflicts=True,
        batch_size=1000,
    )
    forget_past(coin)
    return len(by_minute)


def remove_old_prices(older_than: timedelta, batch: int = 10_000) -> int:
    """Delete prices older than that, in batches; how many."""
    limit, removed = timezone.now() - older_than, 0
    while ids := list(PricePoint.objects.filter(time__lt=limit).values_list("id", flat=True)[:batch]):
        deleted, _ = PricePoint.objects.filter(id__in=ids).delete()
        removed += deleted
    return removed


def _store_past(coin: Coin, now: datetime) -> int:
    """The past is a courtesy: a source that has none, or does not answer, leaves it out."""
    try:
        past = coingecko.history_of(coin.mint, HISTORY_DAYS)
    except JobError as error:
        _log.warning("%s begins without a past: %s", coin, error)
        return 0
    return store_past(coin, [one for one in past if one.time < now])


def _price(usd: Decimal) -> Decimal | None:
    """A price as it is stored: above zero, however little it is; None for one that no column can hold."""
    price = fitting(usd, _PLACES)
    return None if price is None else max(_SMALLEST, price)


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:f}"
