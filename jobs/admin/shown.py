"""How values are shown in the admin: states as labels, payloads masked, links to the pages."""

import json
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from jobs.masking import shown_payload
from jobs.models import DeadLetter, Job

LABELS = {
    "active": "info",
    "completed": "success",
    "failed": "danger",
    "stalled": "danger",
    "delayed": "warning",
    "retried": "warning",
    "snoozed": "warning",
    "blocked": "warning",
}


def payload(row: Job | DeadLetter) -> SafeString:
    """The arguments as JSON, secret fields masked."""
    return as_json(shown_payload(row))


def as_json(value: Any) -> SafeString:
    """A value as indented JSON."""
    text = json.dumps(value, indent=2, ensure_ascii=False, default=str)
    return preformatted(text)


def preformatted(text: str) -> SafeString:
    """Text as it is, in a box that scrolls."""
    return (
        format_html('<pre class="whitespace-pre-wrap break-all text-xs">{}</pre>', text)
        if text
        else SafeString("–")
    )


def job_link(uid: str) -> SafeString:
    """A link to a job's page."""
    return link(reverse("job", args=[uid]), uid)


def link(address: str, text: str) -> SafeString:
    """A link to one of the site's pages."""
    return format_html('<a class="text-primary-600 underline" href="{}">{}</a>', address, text)
