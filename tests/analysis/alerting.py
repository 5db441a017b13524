"""Coins, prices and rules for tests of alerts."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from analysis.models import AlertRule
from enrichment.models import Coin, PricePoint

MINT = "9D6Sev2h9BDb7ijfu5tSKi1WHfRHYz9duutcaEb5A9XE"


def make_coin(slug: str = "PEBL", mint: str = MINT) -> Coin:
    """A coin that is followed."""
    return Coin.objects.create(slug=slug, symbol=slug, mint=mint)


def price(coin: Coin, usd: str, minutes_ago: float = 0, **more: Any) -> PricePoint:
    """What the coin cost so long ago."""
    time = timezone.now() - timedelta(minutes=minutes_ago)
    return PricePoint.objects.create(coin=coin, time=time, usd=usd, source="test", **more)


def make_rule(coin: Coin, kind: str = "price_above", threshold: str = "1", **more: Any) -> AlertRule:
    """A rule of the operator's with a cooldown and a window of an hour."""
    hour = timedelta(hours=1)
    user = more.pop("user", None) or User.objects.get_or_create(username="operator", is_staff=True)[0]
    columns = {"window": hour, "cooldown": hour} | more
    return AlertRule.objects.create(user=user, coin=coin, kind=kind, threshold=Decimal(threshold), **columns)
