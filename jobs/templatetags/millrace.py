"""Template tags of the pages: icons, states, times."""

import json
from datetime import datetime
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from jobs.pages import words

register = template.Library()

_OUTCOME_STATES = {"retried": "delayed", "snoozed": "delayed", "stalled": "failed", "expired": "cancelled"}


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon of the sprite; decoration, so hidden from screen readers."""
    return format_html(
        '<svg class="icon" aria-hidden="true" width="16" height="16"><use href="{}#{}"/></svg>',
        static("jobs/icons.svg"),
        name,
    )


@register.simple_tag
def state(name: str) -> SafeString:
    """A state, or an attempt's outcome, as a badge: a colour, an icon and the word."""
    colours = look(name)
    return format_html('<span class="state state-{}">{}{}</span>', colours, icon(f"state-{colours}"), name)


@register.filter
def duration(seconds: float | None) -> str:
    """See `words.duration`."""
    return words.duration(seconds)


@register.filter
def rate(per_minute: float) -> str:
    """See `words.rate`."""
    return words.rate(per_minute)


@register.filter
def with_code(text: str) -> SafeString:
    """A sentence; what is between backticks in it is code."""
    parts = text.split("`")
    tags = ("{}", "<code>{}</code>")
    return format_html_join("", "{}", ((format_html(tags[n % 2], part),) for n, part in enumerate(parts)))


@register.filter
def between(start: datetime | None, end: datetime | None) -> float | None:
    """Seconds from one moment to another; None when either is missing."""
    return (end - start).total_seconds() if start and end else None


@register.simple_tag
def moment(at: datetime | None) -> SafeString | str:
    """A time as `3 min ago` or `in 5 s`, exact on hover; the browser keeps it current."""
    if at is None:
        return "–"
    seconds = (timezone.now() - at).total_seconds()
    text = f"{_coarse(seconds)} ago" if seconds >= 0 else f"in {_coarse(-seconds)}"
    return format_html(
        '<time datetime="{}" title="{} UTC" data-moment>{}</time>',
        at.isoformat(),
        at.strftime("%Y-%m-%d %H:%M:%S"),
        text if abs(seconds) >= 1 else "now",
    )


def _coarse(seconds: float) -> str:
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{int(seconds // size)} {unit}"
    return f"{int(seconds)} s"


@register.filter
def pretty(value: Any) -> str:
    """A value as indented JSON."""
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)


@register.filter
def look(outcome: str) -> str:
    """The state whose colour and icon an attempt's outcome takes."""
    return _OUTCOME_STATES.get(outcome, outcome)


@register.filter
def unlocalized(value: float) -> str:
    """A number as HTML attributes want it."""
    return str(value)


@register.simple_tag
def topics(**wanted: str) -> str:
    """What a live region subscribes to, as JSON: each topic with one value."""
    return json.dumps({topic: [value] for topic, value in wanted.items()})


@register.simple_tag(takes_context=True)
def querystring_with(context: template.Context, **changes: str) -> str:
    """The address's query with some values changed; an empty value removes one."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        query[name] = value
        if not value:
            del query[name]
    return query.urlencode()  # type: ignore[no-any-return]  # a QueryDict
