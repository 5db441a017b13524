"""Coins and prices as they are shown, and the cache that is really read."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.core.cache import caches
from django.test import override_settings
from django.utils import timezone

from enrichment.models import Coin, PricePoint
from enrichment.queries.prices import ChartPoint, chart_of, coin_rows, thinned
from enrichment.tasks.coins import warm_cache
from jobs import testing

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def cold() -> Iterator[None]:
    """A cache that knows nothing."""
    caches["shared"].clear()
    yield
    caches["shared"].clear()


@pytest.fixture
def coin(db: None) -> Coin:
    """A coin without prices."""
    return Coin.objects.create(slug="PEBL", symbol="PEBL", mint="1" * 32)


def this_hour() -> datetime:
    """The last full hour, as of now: a run of the suite may pass the next one."""
    return timezone.now().replace(minute=0, second=0, microsecond=0)


def price(coin: Coin, hours_ago: float, usd: str, **more: str) -> PricePoint:
    """What it cost so many hours before the last full hour."""
    return PricePoint.objects.create(
        coin=coin, time=this_hour() - timedelta(hours=hours_ago), usd=usd, source="test", **more
    )


def shown(coin: Coin, days: int) -> list[Decimal]:
    """The prices of the chart."""
    return [point.usd for point in chart_of(coin, days)]


def test_full_hours_show_their_last_price_and_the_present_hour_every_one(coin: Coin) -> None:
    for hours, usd in ((50, "1"), (2.9, "2"), (2.1, "3"), (0.5, "4"), (0, "5")):
        price(coin, hours, usd)
    assert shown(coin, 7) == [1, 3, 4, 5]
    assert shown(coin, 1) == [2, 3, 4, 5]


def test_the_past_is_read_from_the_cache_that_the_job_warmed(coin: Coin) -> None:
    price(coin, 10, "1")
    with testing.inline():
        assert warm_cache.delay().get() == 1
    coin.prices.update(usd="9")
    price(coin, 0, "5")
    assert shown(coin, 7) == [1, 5]  # the hour of the past from the cache, the present from the table


def test_who_asks_first_warms_the_cache_for_the_others(coin: Coin) -> None:
    price(coin, 10, "1")
    assert shown(coin, 7) == [1]
    coin.prices.all().delete()
    assert shown(coin, 7) == [1]


def test_a_chart_is_cut_at_its_days_whatever_the_cache_holds(coin: Coin) -> None:
    price(coin, 30 * 24, "1")
    price(coin, 10, "2")
    assert shown(coin, 45) == [1, 2]
    assert shown(coin, 7) == [2]


def test_without_redis_a_chart_is_read_from_the_table(coin: Coin) -> None:
    price(coin, 10, "1")
    away = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
            "shared": {"BACKEND": "config.cache.SharedCache", "LOCATION": "redis://127.0.0.1:1/0"}}  # fmt: skip
    with override_settings(CACHES=away):
        assert shown(coin, 7) == [1]
        with testing.inline():
            assert warm_cache.delay().get() == 1


def test_a_row_has_the_newest_price_and_the_change_of_a_day(coin: Coin) -> None:
    for hours, usd in ((26, "2"), (25, "4"), (3, "7"), (1, "5")):
        price(coin, hours, usd, liquidity="100.50")
    [row] = coin_rows()
    assert (row.label, row.usd, row.change_24h, row.liquidity) == (
        "PEBL",
        Decimal(5),
        Decimal(25),
        Decimal("100.50"),
    )
    assert row.priced_at == this_hour() - timedelta(hours=1)


def test_a_coin_without_prices_is_a_row_too(coin: Coin) -> None:
    [row] = coin_rows()
    assert (row.usd, row.change_24h, row.priced_at, row.source) == (None, None, None, "")


def test_a_change_against_a_price_of_long_ago_is_not_told(coin: Coin) -> None:
    price(coin, 100, "1")
    price(coin, 1, "2")
    assert coin_rows()[0].change_24h is None


def test_rows_go_by_name_and_page_by_it(coin: Coin) -> None:
    for number, slug in enumerate(("B", "A", "C")):
        Coin.objects.create(slug=slug, mint=str(number + 2) * 32, active=slug != "C")
    assert [row.slug for row in coin_rows()] == ["A", "B", "PEBL"]
    assert [row.slug for row in coin_rows(after="A", limit=1)] == ["B"]
    assert [row.slug for row in coin_rows(slug="C")] == ["C"]


@pytest.mark.parametrize(
    ("count", "most", "kept"), [(10, 10, 10), (10, 5, 5), (10, 3, 4), (1, 5, 1), (0, 5, 0)]
)
def test_a_thinned_series_keeps_its_end(count: int, most: int, kept: int) -> None:
    points = [ChartPoint(this_hour(), Decimal(number)) for number in range(count)]
    found = thinned(points, most)
    assert len(found) in {kept, kept + 1}
    assert found[-1:] == points[-1:]
