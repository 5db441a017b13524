"""`/news`: search as one types."""

from datetime import datetime, timedelta
from typing import Any, cast, get_args
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_http_methods

from enrichment.http.cursors import read, written
from enrichment.queries.news import Place, Wanted, find_news, news_coins, news_feeds_read
from enrichment.services.sentiment.scoring import Label
from enrichment.tasks import index_market_news
from jobs.access import may_start
from jobs.http.problems import Problem
from jobs.pages.starting import must_start
from jobs.priority import Priority

AGES = {"1": "Last day", "7": "Last week", "30": "Last month"}
_PAGE = 20
_KINDS = (float, datetime, int)


@require_http_methods(["GET", "HEAD", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    """The articles that fit; a POST has the feeds fetched now."""
    if request.method == "POST":
        return _fetch(request)
    context = _context(request)
    part = request.headers.get("HX-Request")
    page = render(request, "enrichment/parts/news.html" if part else "enrichment/news.html", context)
    patch_vary_headers(page, ["HX-Request"])
    return page


def _fetch(request: HttpRequest) -> HttpResponse:
    must_start(request, index_market_news)
    job = index_market_news.using(priority=Priority.CRITICAL).enqueue()
    messages.info(request, f"The feeds are being read (job {job.id}); new articles appear here.")
    return redirect(request.get_full_path())


def _context(request: HttpRequest) -> dict[str, Any]:
    wanted, age = _wanted(request)
    context: dict[str, Any] = {
        "q": wanted.text,
        "coin": wanted.coin,
        "sentiment": wanted.sentiment or "",
        "age": age,
        "ages": AGES,
        "labels": get_args(Label),
        "narrowed": bool(wanted.text or wanted.coin or wanted.sentiment or age),
        "coins": news_coins(),
        "feeds": news_feeds_read(),
        "may": may_start(request.user, index_market_news),
    }
    try:
        context |= _found(request, wanted)
    except Problem as problem:
        context |= {"problem": problem.detail, "articles": []}
    return context


def _found(request: HttpRequest, wanted: Wanted) -> dict[str, Any]:
    cursor = request.GET.get("after", "")
    after = Place(*read(cursor, _KINDS)) if cursor else None
    articles, place = find_news(wanted, _PAGE, after)
    following = ""
    if place:
        query = request.GET.copy()
        query["after"] = written([place.rank, place.published_at, place.id])
        following = query.urlencode()
    first = {name: value for name, value in request.GET.items() if name != "after"}
    return {"articles": articles, "following": following, "first": urlencode(first) if after else None}


def _wanted(request: HttpRequest) -> tuple[Wanted, str]:
    """What was asked for; values that no form offers restrict nothing."""
    age = request.GET.get("age", "")
    sentiment = request.GET.get("sentiment", "")
    since = timezone.now() - timedelta(days=int(age)) if age in AGES else None
    text, coin = (request.GET.get(name, "").replace("\0", "").strip() for name in ("q", "coin"))
    chosen = cast("Label", sentiment) if sentiment in get_args(Label) else None
    return Wanted(text[:200], coin[:64], since, chosen), age if age in AGES else ""
