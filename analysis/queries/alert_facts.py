"""What alert rules look at, read for many rules in a few queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import OuterRef, Subquery

from analysis.models import AlertKind, AlertRule, RiskAssessment
from analysis.queries.social import social_facts
from analysis.services.alerts.evaluate import Facts
from enrichment.models import Coin, PricePoint

_FRESH = timedelta(minutes=30)  # an older price says nothing about now
_AROUND = 4  # how far from a window's beginning its price may be: a quarter of the window


@dataclass(frozen=True)
class _Now:
    usd: Decimal | None
    volume_24h: Decimal | None
    risk: int | None


def facts_of(rules: Sequence[AlertRule], now: datetime) -> dict[int, Facts]:
    """The facts of each rule, by its id."""
    present = _present({rule.coin_id for rule in rules}, now)
    before = _before([rule for rule in rules if rule.kind in {AlertKind.RISES, AlertKind.FALLS}], now)
    return {rule.pk: _facts(rule, present[rule.coin_id], before.get(rule.pk)) for rule in rules}


def _facts(rule: AlertRule, present: _Now, before: Decimal | None) -> Facts:
    social = social_facts(rule.coin) if rule.kind == AlertKind.SOCIAL_TREND else None
    trend = social.trend if social else None
    return Facts(present.usd, before, present.volume_24h, present.risk, trend)


def _present(coins: set[int], now: datetime) -> dict[int, _Now]:
    prices = PricePoint.objects.filter(coin=OuterRef("pk"), time__gt=now - _FRESH, time__lte=now)
    newest = prices.order_by("-time")
    risk = RiskAssessment.objects.filter(coin=OuterRef("pk")).order_by("-assessed_at")
    rows = Coin.objects.filter(pk__in=coins).annotate(
        usd=Subquery(newest.values("usd")[:1]),
        volume=Subquery(newest.values("volume_24h")[:1]),
        risk=Subquery(risk.values("score")[:1]),
    )
    return {row.pk: _Now(row.usd, row.volume, row.risk) for row in rows}


def _before(rules: Sequence[AlertRule], now: datetime) -> dict[int, Decimal]:
    """The last price at or before each rule's window begins, unless it is from long before."""
    begins = {(rule.coin_id, rule.window) for rule in rules}
    found = {}
    for coin, window in begins:
        start = now - window
        slack = max(_FRESH, window / _AROUND)
        rows = PricePoint.objects.filter(coin_id=coin, time__lte=start, time__gt=start - slack)
        found[coin, window] = rows.order_by("-time").values_list("usd", flat=True).first()
    prices = {rule.pk: found[rule.coin_id, rule.window] for rule in rules}
    return {rule: price for rule, price in prices.items() if price is not None}
