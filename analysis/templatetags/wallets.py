"""Amounts of money and tokens as the wallet pages show them."""

from decimal import ROUND_HALF_EVEN, Decimal

from django import template
from django.utils.safestring import SafeString

from enrichment.pages.numbers import gain_or_loss, with_minus
from enrichment.templatetags.figures import dollars

register = template.Library()


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
    return gain_or_loss(rounded, _plain(rounded, 4))


@register.filter
def exact(text: str) -> Decimal:
    """A decimal out of a report, where decimals are text."""
    return Decimal(text)


@register.filter
def span(seconds: str | Decimal | None) -> str:
    """A length of time in its greatest unit: `40 min`, `5.5 h`, `12.3 days`."""
    if seconds is None:
        return "–"
    length = Decimal(seconds)
    for size, unit in ((86_400, "days"), (3600, "h"), (60, "min")):
        if length >= size:
            return f"{length / size:.1f} {unit}"
    return f"{length:.0f} s"


@register.filter
def shade(score: float | None) -> str:
    """The step of colour, 0 to 10, of a similarity."""
    return "none" if score is None else str(round(score * 10))


@register.simple_tag
def in_usd(analysis: object, amount: Decimal | None) -> str:
    """An amount of SOL in dollars, where the price of SOL is known."""
    convert = getattr(analysis, "in_usd", None)
    return dollars(convert(amount)) if convert and amount is not None else ""


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
    return with_minus(f"{abs(amount):,.{places}f}", amount)
