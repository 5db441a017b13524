"""Numbers as pages show them: with a true minus, and the colour of a gain or a loss."""

from decimal import Decimal

from django.utils.html import format_html
from django.utils.safestring import SafeString

_MINUS = "−"


def with_minus(text: str, value: Decimal) -> str:
    """The text of a value's size with the value's minus; what is written as nothing has none."""
    return f"{_MINUS}{text}" if value < 0 and any(digit in text for digit in "123456789") else text


def gain_or_loss(value: Decimal, text: str) -> SafeString:
    """The text of a value in its colour, with a plus for a gain."""
    kind = "gain" if value > 0 else "loss" if value < 0 else "even"
    return format_html('<span class="{}">{}{}</span>', kind, "+" if value > 0 else "", text)
