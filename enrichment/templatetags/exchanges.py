"""Amounts and states as the exchange pages show them."""

from decimal import Decimal

from django import template

from enrichment.pages.numbers import with_minus

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
def status(name: str) -> str:
    """An order's status in the words of the pages: `closed` is filled."""
    return {"closed": "filled", "canceled": "cancelled"}.get(name, name)
