"""Template tags of the pages of what was done."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from jobs.templatetags.millrace import icon

register = template.Library()

_LOOKS = {"delivered": "completed", "sending": "active", "retrying": "delayed"}


@register.simple_tag
def delivery(state: str) -> SafeString:
    """A notification's state as a badge, in the colour of the job's state that it is most like."""
    look = _LOOKS.get(state, state)
    return format_html('<span class="state state-{}">{}{}</span>', look, icon(f"state-{look}"), state)
