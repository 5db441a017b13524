"""The jobs that keep the coins' prices."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from enrichment.coins import channel
from enrichment.models import Coin, PricePoint
from enrichment.providers.prices.quotes import Quote
from enrichment.providers.prices.samples import fetch_sample_coins
from enrichment.services.coins.following import follow_samples
from enrichment.services.coins.prices import store_quote
from enrichment.tasks.coins import cleanup_old_price_data, short, update_coin_price, update_coin_prices
from jobs import Permanent, testing
from jobs.errors import Refused
from jobs.models import Job
from tests.outside import Outside

pytestmark = pytest.mark.django_db


def coin(outside: Outside, symbol: str = "PEBL") -> Coin:
    """One of the sandbox's coins, followed."""
    rows = {row["symbol"]: row for row in outside._get("/sandbox/tokens")}
    return Coin.objects.create(slug=symbol, mint=rows[symbol]["mint"])


def test_an_update_stores_the_price_and_at_the_first_time_the_past(outside: Outside) -> None:
    known = coin(outside)
    with testing.inline() as jobs:
        first = update_coin_price.delay(coin="PEBL")
        second = update_coin_price.delay(coin="PEBL")
    told = first.get()
    assert (told["status"], told["source"]) == ("updated", "dexscreener")
    assert told["past_points"] > 500
    assert second.get()["past_points"] == 0
    newest = PricePoint.objects.filter(coin=known).latest("time")
    assert newest.usd == Decimal(told["usd"])
    assert newest.liquidity == Decimal(told["liquidity"]).quantize(Decimal("0.01"))
    assert len(jobs.completed) == 2


@pytest.mark.parametrize(
    ("usd", "cap", "stored"),
    [
        ("12345678901.123456789", "1e31", (Decimal("12345678901.123456789"), None)),
        ("1e-30", "5.005", (Decimal("1e-18"), Decimal("5.00"))),
    ],
)
def test_figures_that_no_column_can_hold_do_not_keep_the_price_out(
    usd: str, cap: str, stored: tuple[Decimal, Decimal | None]
) -> None:
    known = Coin.objects.create(slug="odd", mint="1" * 32)
    store_quote(known, Quote(known.mint, Decimal(usd), "test", market_cap=Decimal(cap)), timezone.now())
    assert known.prices.values_list("usd", "market_cap").get() == stored


def test_a_price_that_is_nonsense_is_none() -> None:
    known = Coin.objects.create(slug="odd", mint="1" * 32)
    for usd in ("1e18", "NaN", "Infinity"):
        store_quote(known, Quote(known.mint, Decimal(usd), "test"), timezone.now())
    assert not known.prices.exists()


def test_two_updates_in_one_minute_make_one_row(outside: Outside) -> None:
    known = coin(outside)
    with testing.inline():
        update_coin_price.delay(coin="PEBL")
        before = known.prices.count()
        update_coin_price.delay(coin="PEBL")
    assert known.prices.count() - before in {0, 1}  # 1 when the minute turned in between
    assert known.prices.values("time").distinct().count() == known.prices.count()


def test_an_update_learns_the_names(outside: Outside) -> None:
    known = coin(outside)
    with testing.inline():
        update_coin_price.delay(coin="PEBL")
    known.refresh_from_db()
    assert (known.symbol, known.name) == ("PEBL", "Pebble")


def test_the_price_is_told_to_those_who_follow_the_coin(outside: Outside) -> None:
    coin(outside)
    with testing.inline():
        started = update_coin_price.using(correlation_id=channel("PEBL")).enqueue(coin="PEBL")
    job = Job.objects.get(uid=started.id)
    assert (job.correlation_id, job.subject) == ("coin:PEBL", "PEBL")
    told = job.progress_detail or {}
    assert told["usd"] == started.get()["usd"]
    assert told["message"].startswith("PEBL costs $")


def test_a_coin_without_a_market_is_no_failure(outside: Outside) -> None:
    Coin.objects.create(slug="nobody", mint="11111111111111111111111111111111")
    with testing.inline():
        result = update_coin_price.delay(coin="nobody")
    assert result.get()["status"] == "no-market"
    assert not PricePoint.objects.exists()


def test_an_unknown_coin_is_a_dead_letter_and_a_wrong_name_is_refused_at_once() -> None:
    with testing.inline() as jobs:
        update_coin_price.delay(coin="unknown")
        jobs.assert_failed(update_coin_price, coin="unknown", error=Permanent)
    with pytest.raises(Refused) as refusal:
        update_coin_price.delay(coin="../etc")
    assert list(refusal.value.fields) == ["coin"]


def test_every_five_minutes_each_followed_coin_gets_a_job_of_its_own(outside: Outside) -> None:
    Coin.objects.create(slug="left", mint="1" * 43, active=False)
    with testing.stepwise() as jobs:
        update_coin_prices.delay()
        jobs.run_next()
        waiting = set(
            Job.objects.filter(task__endswith="update_coin_price").values_list("subject", "correlation_id")
        )
    assert ("PEBL", "coin:PEBL") in waiting
    assert len(waiting) == 10
    assert not {"left", "SOL", "USDC"} & {slug for slug, _ in waiting}


def test_samples_are_added_once_and_one_that_is_left_stays_left(outside: Outside) -> None:
    assert follow_samples(fetch_sample_coins()) == 10
    Coin.objects.filter(slug="DUSK").update(active=False)
    assert follow_samples(fetch_sample_coins()) == 0
    assert not Coin.objects.get(slug="DUSK").active


def test_old_prices_go_and_younger_ones_stay() -> None:
    known, now = Coin.objects.create(slug="a", mint="1" * 32), timezone.now()
    for days in (0, 89, 90, 91, 400):
        PricePoint.objects.create(coin=known, time=now - timedelta(days=days), usd=1, source="test")
    with testing.inline():
        result = cleanup_old_price_data.delay()
    assert result.get() == 3
    assert known.prices.count() == 2


@pytest.mark.parametrize(
    ("usd", "shown"),
    [
        ("1234.5", "1,234.50"),
        ("1", "1.00"),
        ("0.5", "0.5000"),
        ("0.000012345", "0.00001234"),
        ("1E-7", "0.0000001000"),
    ],
)
def test_prices_are_told_to_four_figures(usd: str, shown: str) -> None:
    assert short(usd) == shown
