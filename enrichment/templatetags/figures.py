"""Prices, dollars, changes and shares, as every page shows them."""

from decimal import Decimal

from django import template
from django.utils.safestring import SafeString

from enrichment.pages.numbers import gain_or_loss, with_minus

register = template.Library()


@register.filter
def dollars(value: Decimal | None) -> str:
    """Dollars and cents: `$1,234.50`; a dash for None."""
    return "–" if value is None else with_minus(f"${abs(value):,.2f}", value)


@register.filter
def price(value: Decimal | None) -> str:
    """A price in dollars to four figures: `$1,234.50`, `$0.00001234`; a dash for None."""
    if value is None:
        return "–"
    size = abs(value)
    places = 2 if size >= 1 or not size else min(18, 3 - size.adjusted())
    return with_minus(f"${size:,.{places}f}", value)


@register.filter
def quote(value: Decimal | None) -> str:
    """A price in whatever it is quoted in, with the digits that traders look at: `91,234.50`, `0.00165`."""
    if value is None:
        return "–"
    size = abs(value)
    places = 2 if size >= 100 else 4 if size >= 1 else min(10, 4 - size.adjusted()) if size else 2
    return with_minus(f"{size:,.{places}f}", value)


@register.filter
def change(per_cent: Decimal | None) -> SafeString | str:
    """A change in per cent, with its sign, coloured by it: `+1.50 %`; a dash for None."""
    if per_cent is None:
        return "–"
    rounded = round(per_cent, 2)
    return gain_or_loss(rounded, with_minus(f"{abs(rounded):,.2f} %", rounded))


@register.filter
def share(part: Decimal | float | str | None) -> str:
    """A share between 0 and 1 as `42 %`; a dash for None."""
    return "–" if part is None else f"{Decimal(str(part)) * 100:.0f} %"
