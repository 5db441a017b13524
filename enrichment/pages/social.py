"""`/social/{coin}`: what people say about a coin, as a page of its own and as a part for other pages.

A page that includes the part loads `enrichment/social.css`, Chart.js and `enrichment/social.js`, and has:
`<div hx-get="{% url 'social-panel' coin %}" hx-trigger="load"></div>`.
"""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from enrichment.queries import social
from enrichment.services.sentiment.scoring import label
from enrichment.tasks import scrape_social_data
from jobs.access import may_start
from jobs.errors import Refused
from jobs.pages.starting import must_start
from jobs.presence import seen
from jobs.priority import Priority

SPANS = {"24": "24 hours", "72": "3 days", "168": "7 days"}
_POSTS = 12


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, coin: str) -> HttpResponse:
    """The whole page; a POST has people asked now."""
    if request.method == "POST":
        return _ask(request, coin)
    seen(social.key_of(coin))
    return render(request, "enrichment/social.html", _context(request, coin))


@require_safe
def panel(request: HttpRequest, coin: str) -> HttpResponse:
    """The part that other pages include."""
    return render(request, "enrichment/parts/social.html", _context(request, coin))


def _ask(request: HttpRequest, coin: str) -> HttpResponse:
    must_start(request, scrape_social_data)
    try:
        job = scrape_social_data.using(priority=Priority.CRITICAL).enqueue(coin=coin)
        messages.info(request, f"People are being asked (job {job.id}); reload in a moment.")
    except Refused as refusal:
        messages.error(request, "; ".join(refusal.fields.values()) or str(refusal))
    return redirect(request.get_full_path())


def _context(request: HttpRequest, coin: str) -> dict[str, Any]:
    span = request.GET.get("hours", "")
    span = span if span in SPANS else "72"
    known = social.known_coin(coin)
    context: dict[str, Any] = {
        "coin": coin,
        "known": known,
        "span": span,
        "spans": SPANS,
        "may": may_start(request.user, scrape_social_data),
    }
    if known is None:
        return context
    since = timezone.now() - timedelta(hours=int(span))
    feeling, hours = social.sentiment_of(known.coin, since), social.hours_of(known.coin, since)
    return context | {
        "scraped_at": social.scraped_at(known.coin),
        "feeling": feeling,
        "word": label(feeling.mean or 0.0),
        "trend": social.trend_of(known.coin),
        "platforms": social.platforms_of(known.coin, since),
        "posts": social.latest_posts(known.coin, _POSTS),
        "series": _series(hours),
    }


def _series(hours: list[social.Hour]) -> dict[str, list[Any]] | None:
    if not any(hour.mentions for hour in hours):
        return None
    return {
        "hours": [hour.start.strftime("%b %d %H:%M") for hour in hours],
        "mentions": [hour.mentions for hour in hours],
        "sentiment": [None if hour.sentiment is None else round(hour.sentiment, 3) for hour in hours],
    }
