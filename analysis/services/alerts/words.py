"""Alerts in sentences."""

from datetime import timedelta
from decimal import Decimal

from analysis.models import AlertKind


def condition(kind: str, threshold: Decimal, window: timedelta) -> str:
    """What a rule waits for: `price above $1.25`, `falls by 10 % within 1 h`."""
    words, unit = _CONDITIONS[AlertKind(kind)], amount(kind, threshold)
    within = f" within {span(window)}" if kind in {AlertKind.RISES, AlertKind.FALLS} else ""
    return f"{words} {unit}{within}"


def message(coin: str, kind: str, value: Decimal, threshold: Decimal, window: timedelta) -> str:
    """What somebody is told: `PEBL: price above $1.25, it is $1.31`."""
    return f"{coin}: {condition(kind, threshold, window)}, it is {amount(kind, value)}"


def amount(kind: str, value: Decimal) -> str:
    """A value with the unit of its kind."""
    match kind:
        case AlertKind.PRICE_ABOVE | AlertKind.PRICE_BELOW | AlertKind.VOLUME_ABOVE:
            return f"${figure(value)}"
        case AlertKind.RISES | AlertKind.FALLS:
            return f"{figure(value)} %"
        case AlertKind.SOCIAL_TREND:
            return f"{figure(value)} deviations"
    return figure(value)


def figure(value: Decimal) -> str:
    """A number to about four figures, without zeros at its end."""
    size = abs(value)
    if size == 0 or size >= 1000:
        return f"{value:,.0f}"
    places = 2 if size >= 1 else min(18, 3 - size.adjusted())
    return f"{value:.{places}f}".rstrip("0").rstrip(".")


def span(window: timedelta) -> str:
    """A period in the largest unit that fits: `15 min`, `1 h`, `2 d`."""
    minutes = int(window.total_seconds() // 60)
    for size, unit in ((1440, "d"), (60, "h")):
        if minutes and minutes % size == 0:
            return f"{minutes // size} {unit}"
    return f"{minutes} min"


_CONDITIONS = {
    AlertKind.PRICE_ABOVE: "price above",
    AlertKind.PRICE_BELOW: "price below",
    AlertKind.RISES: "rises by",
    AlertKind.FALLS: "falls by",
    AlertKind.VOLUME_ABOVE: "24 h volume above",
    AlertKind.RISK_ABOVE: "risk score above",
    AlertKind.SOCIAL_TREND: "mentions above the usual by",
}
