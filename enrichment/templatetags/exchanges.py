"""Prices and amounts as the exchange pages show them."""

from decimal import Decimal

from django import template
from django.utils.safestring import SafeString

from enrichment.pages.numbers import gain_or_loss, with_minus

register = template.Library()


@register.filter
def amount(value: Decimal | None) -> str:
    """A quantity, short enough to read: `1,234.56`, `0.001234`; a dash for None."""
    if value is None:
        return "–"
    size = abs(value)
    places = 2 if size >= 1000 else 4 if size >= 1 else min(10, 3 - size.adjusted()) if size else 0
    return with_minus(f"{size:,.{places}f}".rstrip("0").rstrip(".") if places else f"{size:,.0f}", value)


@register.filter
def price(value: Decimal | None) -> str:
    """A price with the digits that matter: `91,234.50`, `0.00165`."""
    if value is None:
        return "–"
    size = abs(value)
    places = 2 if size >= 100 else 4 if size >= 1 else min(10, 4 - size.adjusted()) if size else 2
    return with_minus(f"{size:,.{places}f}", value)


@register.filter
def dollars(value: Decimal | None) -> str:
    """Dollars and cents: `$1,234.50`; a dash for None."""
    return "–" if value is None else with_minus(f"${abs(value):,.2f}", value)


@register.filter
def status(name: str) -> str:
    """An order's status in the words of the pages: `closed` is filled."""
    return {"closed": "filled", "canceled": "cancelled"}.get(name, name)


@register.filter
def percent(value: Decimal | None) -> SafeString | str:
    """A change, with its sign, coloured by it."""
    if value is None:
        return "–"
    rounded = round(value, 2)
    return gain_or_loss(rounded, with_minus(f"{abs(rounded):.2f} %", rounded))
