"""Amounts, addresses and states of the chain as the pages show them."""

from decimal import Decimal

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from jobs.templatetags.millrace import icon

register = template.Library()

_LOOKS = {
    "received": "waiting", "invalid": "cancelled", "accepted": "active", "sent": "active", "confirmed": "completed",
    "failed": "failed", "compiled": "active", "deployed": "completed", "allocated": "active",
    "reverted": "failed", "abandoned": "cancelled",
}  # fmt: skip


@register.simple_tag
def stage(name: str) -> SafeString:
    """Where an intent or a contract is, as a badge in the colours of jobs' states."""
    look = _LOOKS.get(name, "waiting")
    return format_html('<span class="state state-{}">{}{}</span>', look, icon(f"state-{look}"), name)


@register.filter
def ether(wei: Decimal | int | None) -> str:
    """Wei as ether, exact: `1.5`; a dash for None."""
    return "–" if wei is None else _scaled(int(wei), 18)


@register.filter
def gwei(wei: Decimal | int | None) -> str:
    """Wei as gwei, exact."""
    return "–" if wei is None else _scaled(int(wei), 9)


@register.filter
def ends(text: str) -> str:
    """An address or a hash by its ends."""
    return text if len(text) <= 14 else f"{text[:8]}…{text[-6:]}"


def _scaled(units: int, places: int) -> str:
    whole, rest = divmod(units, 10**places)
    return f"{whole:,}.{rest:0{places}d}".rstrip("0").rstrip(".") if rest else f"{whole:,}"
