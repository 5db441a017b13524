"""What is known of a coin's social life, out of the hourly counts of the scrapers."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from math import sqrt
from statistics import fmean, pstdev

from django.utils import timezone

from analysis.services.risk.social import SocialFacts
from enrichment.models import Coin, SocialMetric
from enrichment.queries.social import key_of

_DAYS = 7  # that the last one is compared with
_ENOUGH = 3  # of them: with fewer nobody knows what is usual
_DAY = timedelta(days=1)


def social_facts(coin: Coin) -> SocialFacts | None:
    """The last day's mentions, their mean sentiment, and how unusual their number is; None without any."""
    now = timezone.now()
    since = now - (_DAYS + 1) * _DAY
    rows = SocialMetric.objects.filter(coin=key_of(coin.mint), window_start__gt=since)
    return facts_of_hours(rows.values_list("window_start", "mentions", "sentiment"), now)


def facts_of_hours(hours: Iterable[tuple[datetime, int, float]], now: datetime) -> SocialFacts | None:
    """The facts out of hourly counts (when, mentions, mean sentiment) of the last eight days."""
    counts = [0] * (_DAYS + 1)  # by day, the last day first
    moods = 0.0
    for start, mentions, sentiment in hours:
        day = min(_DAYS, max(0, (now - start) // _DAY))
        counts[day] += mentions
        moods += mentions * sentiment if day == 0 else 0
    last, before = counts[0], _listened(counts[1:])
    if not last:
        return None
    if len(before) < _ENOUGH:
        return SocialFacts(last, moods / last, None)
    usual = fmean(before)
    # At least what counting alone brings: a thousand a day and then 1,003 is no sensation, nor is a first post.
    deviation = max(pstdev(before), sqrt(usual), 1.0)
    return SocialFacts(last, moods / last, (last - usual) / deviation)


def _listened(days: list[int]) -> list[int]:
    """The days from the first mention on: before it, most likely nobody listened. The last day comes first."""
    first = max((place for place, mentions in enumerate(days, 1) if mentions), default=0)
    return days[:first]
