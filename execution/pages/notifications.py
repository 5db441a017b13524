"""`/notifications`: what was told to whom, and what became of it; send one."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from enrichment.providers import addresses
from execution.flows.notifications import notify
from execution.pages.words import cursor, sentence
from execution.queries.alerts import hearers
from execution.queries.notifications import notifications
from execution.recipients import Channel
from execution.tasks.notifications import send_notification
from jobs.access import may_start
from jobs.errors import Refused
from jobs.pages.starting import must_start

CHANNELS = {Channel.WEBHOOK: "Webhook", Channel.EMAIL: "E-mail", Channel.LOG: "Log"}
_FIELDS = ("channel", "recipient", "subject", "body")
_LABELS = {"channel": "Channel", "recipient": "Recipient", "subject": "Subject", "body": "Text"}


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """The form and the list; a POST sends one."""
    if request.method != "POST":
        part = request.headers.get("HX-Request")
        template = "execution/parts/notifications.html" if part else "execution/notifications.html"
        return render(request, template, _context(request))
    must_start(request, send_notification)
    entered = {name: request.POST.get(name, "").replace("\r\n", "\n") for name in _FIELDS}
    try:
        notify(entered["channel"], entered["recipient"], entered["subject"], entered["body"])
    except Refused as refusal:
        context = _context(request) | entered | {"problem": sentence(refusal, _LABELS)}
        return render(request, "execution/notifications.html", context, status=422)
    messages.success(request, "It is on its way.")
    return redirect("notifications")


def _context(request: HttpRequest) -> dict[str, Any]:
    before, shown = cursor(request.GET.get("before", "")), request.GET.get("channel", "")
    return {
        "page": notifications(before=before, channel=shown if shown in set(Channel) else ""),
        "before": before or "",
        "shown": shown,
        "channels": CHANNELS,
        "channel": Channel.WEBHOOK,
        "recipient": _to_try(),
        "subject": "",
        "body": "",
        "query": request.GET.urlencode(),
        "hearers": len(hearers()),
        "may": may_start(request.user, send_notification),
    }


def _to_try() -> str:
    """Somebody who is there where nothing real is set up."""
    return addresses.sandbox("webhooks/try-it") if settings.WEBHOOK_TO_SANDBOX else ""
