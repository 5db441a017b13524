"""Jobs that keep the coins' prices."""

from datetime import timedelta
from decimal import Decimal
from typing import Annotated

from celery import shared_task
from django.utils import timezone
from pydantic import Field

from enrichment.coins import CoinSlug, channel
from enrichment.models import Coin
from enrichment.providers.prices.samples import fetch_sample_coins
from enrichment.queries.prices import remember_past
from enrichment.services.coins.following import follow_samples
from enrichment.services.coins.prices import PriceUpdate, remove_old_prices, update_price
from jobs import Permanent, Priority, Unique, progress


@shared_task(time_limit=60, stale_after=120, unique=Unique("coin"), subject="coin")
def update_coin_price(*, coin: CoinSlug) -> PriceUpdate:
    """Fetch a coin's price, volume and liquidity, store them, and tell those who follow the coin."""
    known = followed(coin)
    progress(0, f"Asking the markets for {known}")
    result = update_price(known)
    told = f"{known} costs ${short(result.usd)}" if result.usd else f"No market knows a price of {known}"
    progress(1, told, coin=coin, usd=result.usd, change24h=result.change_24h, time=result.time)
    return result


@shared_task(time_limit=60, stale_after=120, unique=Unique())
def update_coin_prices() -> int:
    """Start an update for every coin that is followed; in the sandbox's world its coins are added first."""
    follow_samples(fetch_sample_coins())
    slugs = Coin.objects.filter(active=True).order_by("id").values_list("slug", flat=True)
    for slug in slugs:
        update_coin_price.using(correlation_id=channel(slug), priority=Priority.NORMAL).enqueue(coin=slug)
    return len(slugs)


@shared_task(time_limit=600, stale_after=900, unique=Unique())
def cleanup_old_price_data(*, older_than_days: Annotated[int, Field(ge=1, le=3650)] = 90) -> int:
    """Delete prices older than so many days; answers with how many."""
    removed = remove_old_prices(timedelta(days=older_than_days))
    progress(1, f"{removed:,} prices removed")
    return removed


@shared_task(time_limit=600, stale_after=900, unique=Unique())
def warm_cache() -> int:
    """Put the past of every followed coin's chart into the shared cache, where pages and API read it."""
    coins = list(Coin.objects.filter(active=True).order_by("id"))
    for done, coin in enumerate(coins, 1):
        remember_past(coin, timezone.now())
        progress(done / len(coins), f"{coin} is warm")
    return len(coins)


def followed(slug: str) -> Coin:
    """The coin of this name. Permanent when there is none."""
    coin = Coin.objects.filter(slug=slug).first()
    if coin is None:
        raise Permanent(f"there is no coin {slug!r}; follow it first")
    return coin


def short(usd: str) -> str:
    """A price to four figures: `0.00001234`, `12.35`."""
    price = Decimal(usd)
    places = 2 if price >= 1 else min(18, 3 - price.adjusted())
    return f"{price:,.{places}f}"
