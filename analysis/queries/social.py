"""What is known of a coin's social life, out of the hourly counts of the scrapers.

They are asked for by name: where nothing is scraped, or not yet about this coin, nothing is known.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from statistics import fmean, pstdev
from typing import Any

from django.apps import apps
from django.utils import timezone

from analysis.services.risk.social import SocialFacts
from enrichment.models import Coin

_METRIC = ("enrichment", "SocialMetric")
_DAYS = 7  # that the last one is compared with
_DAY = timedelta(days=1)


def social_facts(coin: Coin) -> SocialFacts | None:
    """The last day's mentions, their mean sentiment, and how unusual their number is; None without any."""
    metrics = _metrics()
    if metrics is None:
        return None
    now = timezone.now()
    rows = metrics.filter(
        coin__in=[coin.mint, coin.symbol, coin.slug], window_start__gt=now - (_DAYS + 1) * _DAY
    )
    return facts_of_hours(rows.values_list("window_start", "mentions", "sentiment"), now)


def facts_of_hours(hours: Iterable[tuple[datetime, int, float]], now: datetime) -> SocialFacts | None:
    """The facts out of hourly counts (when, mentions, mean sentiment) of the last eight days."""
    counts = [0] * (_DAYS + 1)  # by day, the last day first
    moods = 0.0
    for start, mentions, sentiment in hours:
        day = min(_DAYS, max(0, (now - start) // _DAY))
        counts[day] += mentions
        moods += mentions * sentiment if day == 0 else 0
    last, before = counts[0], counts[1:]
    if not last:
        return None
    deviation = max(pstdev(before), 1.0)  # a coin nobody spoke of is no sensation by its first post
    return SocialFacts(last, moods / last, (last - fmean(before)) / deviation)


def _metrics() -> Any:
    try:
        model: Any = apps.get_model(*_METRIC)
    except LookupError:
        return None
    return model.objects.all()
