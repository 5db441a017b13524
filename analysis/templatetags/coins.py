"""Sums, scores and alerts as the coin pages show them."""

from collections.abc import Sequence
from decimal import Decimal

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from analysis.models import AlertRule
from analysis.services.alerts.words import condition, span
from analysis.services.risk.score import level_of
from enrichment.queries.prices import ChartPoint

register = template.Library()

_FLAT = 0.001  # of the price: what moves less is a straight line
_UNITS = ((10**12, "T"), (10**9, "B"), (10**6, "M"), (10**3, "K"))


@register.filter
def roughly(usd: Decimal | None) -> str:
    """Dollars in short: `$1.24M`, `$830`; a dash for None."""
    if usd is None:
        return "–"
    for size, unit in _UNITS:
        if usd >= size:
            return f"${usd / size:,.2f}{unit}"
    return f"${usd:,.0f}"


@register.filter
def score(points: int | None) -> SafeString | str:
    """A risk score with its word; the colour says the same."""
    if points is None:
        return "–"
    level = level_of(points)
    return format_html('<span class="score risk-{}">{} <small>{}</small></span>', level, points, level)


@register.filter
def risk_level(points: int) -> str:
    """The word for points of risk."""
    return level_of(max(1, points))


@register.filter
def spark(points: Sequence[ChartPoint]) -> str:
    """A series as the points of an SVG polyline, 100 wide and 28 high."""
    if len(points) < 2:
        return ""
    prices = [float(point.usd) for point in points]
    low, high = min(prices), max(prices)
    step, size = 100 / (len(prices) - 1), max(high - low, high * _FLAT)
    return " ".join(f"{at * step:.1f},{26 - 24 * (one - low) / size:.1f}" for at, one in enumerate(prices))


@register.filter
def in_words(rule: AlertRule) -> str:
    """What an alert waits for."""
    return condition(rule.kind, rule.threshold, rule.window)


@register.filter
def cooldown(rule: AlertRule) -> str:
    """How long an alert is silent after it fired."""
    return span(rule.cooldown)
