"""Sentiments as the pages show them."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from enrichment.services.sentiment.scoring import label

register = template.Library()


@register.filter
def feeling(score: float | None) -> SafeString | str:
    """A score as a word, coloured, with its number: `positive +0.42`; a dash for None."""
    if score is None:
        return "–"
    word = label(score)
    return format_html(
        '<span class="feeling {}">{} <span class="num">{}</span></span>', word, word, with_sign(score)
    )


@register.filter
def with_sign(score: float) -> str:
    """A number with its sign and two places."""
    return f"{score:+.2f}".replace("-", "−")
