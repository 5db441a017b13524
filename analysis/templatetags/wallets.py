"""Amounts of money and tokens as the wallet pages show them."""

from decimal import ROUND_HALF_EVEN, Decimal

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

_MINUS = "−"


@register.filter
def sol(amount: Decimal | None) -> str:
    """SOL to four places: `1,234.5600`; a dash for None."""
    return "–" if amount is None else _plain(amount, 4)


@register.filter
def signed(amount: Decimal | None) -> SafeString | str:
    """A gain or loss in SOL, with its sign, coloured by it."""
    if amount is None:
        return "–"
    rounded = amount.quantize(Decimal("0.0001"), ROUND_HALF_EVEN)
    kind = "gain" if rounded > 0 else "loss" if rounded < 0 else "even"
    return format_html('<span class="{}">{}{}</span>', kind, "+" if rounded > 0 else "", _plain(rounded, 4))


@register.filter
def usd(amount: Decimal | None) -> str:
    """Dollars and cents: `$1,234.50`."""
    if amount is None:
        return ""
    sign = _MINUS if amount < 0 else ""
    return f"{sign}${abs(amount):,.2f}"


@register.simple_tag
def in_usd(analysis: object, amount: Decimal | None) -> str:
    """An amount of SOL in dollars, where the price of SOL is known."""
    convert = getattr(analysis, "in_usd", None)
    return usd(convert(amount)) if convert and amount is not None else ""


@register.filter
def quantity(amount: Decimal | None) -> str:
    """A number of tokens, short enough to read: `1,234,567`, `12.3456`, `0.00001234`."""
    if amount is None:
        return "–"
    size = abs(amount)
    if size == 0 or size >= 1000:
        return _plain(amount, 0)
    places = 4 if size >= 1 else min(12, 3 - size.adjusted())
    return _plain(amount, places).rstrip("0").rstrip(".")


@register.filter
def short(address: str) -> str:
    """An address by its ends."""
    return address if len(address) <= 12 else f"{address[:6]}…{address[-4:]}"


def _plain(amount: Decimal, places: int) -> str:
    text = f"{abs(amount):,.{places}f}"
    return f"{_MINUS}{text}" if amount < 0 and any(digit in text for digit in "123456789") else text
