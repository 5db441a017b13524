"""`/coins` and `/coins/{id}`: follow coins, watch their prices, see what makes them risky."""

import re
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from analysis.flows.coins import start_price_update, start_risk_assessment
from analysis.models import AlertChannel, AlertKind
from analysis.queries.alerts import firings_of, rules_of
from analysis.queries.risk import risk_of, scores_of
from analysis.queries.social import social_facts
from analysis.tasks.alerts import check_specific_alert
from analysis.tasks.risk import assess_coin_risk
from enrichment.addresses import checked_address
from enrichment.coins import SLUG, channel
from enrichment.models import Coin
from enrichment.providers.prices.samples import fetch_sample_coins
from enrichment.queries.prices import ChartPoint, chart_of, coin_rows, thinned
from enrichment.services.coins.following import follow, follow_samples, leave
from enrichment.tasks.coins import update_coin_price, update_coin_prices
from jobs import Priority
from jobs.access import may_start
from jobs.pages.starting import must_start
from jobs.presence import seen
from jobs.queries.finding import jobs_about

DAYS = {1: "24 h", 7: "7 days", 30: "30 days", 45: "45 days"}
_SPARKS = 60  # coins whose week is drawn in the list
TITLES = {"update_coin_price": "Fetch the price", "assess_coin_risk": "Assess the risk"}


@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """The coins that are followed; a POST follows one more, or the samples."""
    if request.method != "POST":
        part = request.headers.get("HX-Request")
        return render(request, "analysis/parts/coins.html" if part else "analysis/coins.html", _list(request))
    must_start(request, update_coin_price)
    if request.POST.get("action") == "samples":
        follow_samples(fetch_sample_coins())
        update_coin_prices.using(priority=Priority.CRITICAL).enqueue()
        return redirect("coins")
    return _follow(request)


@require_http_methods(["GET", "HEAD", "POST"])
def coin(request: HttpRequest, slug: str) -> HttpResponse:
    """One coin; a POST starts a job about it, or stops following it."""
    known = Coin.objects.filter(slug=slug).first()
    if known is None:
        raise Http404
    if request.method == "POST":
        return _act(request, known)
    seen(known.slug)
    part = request.headers.get("HX-Request")
    return render(
        request, "analysis/parts/coin.html" if part else "analysis/coin.html", context(request, known)
    )


def context(request: HttpRequest, coin: Coin) -> dict[str, Any]:
    """What the page of a coin shows."""
    days = _days(request)
    points = thinned(chart_of(coin, days), 400)
    rules = list(rules_of(request.user, coin.slug))
    return {
        "coin": coin_rows(slug=coin.slug)[0],
        "topics": {"correlationIds": [channel(coin.slug)]},
        "days": days,
        "spans": DAYS,
        "series": _series(points) if len(points) > 1 else None,
        "risk": risk_of(coin.slug),
        "social": social_facts(coin),
        "under_way": [
            (TITLES.get(job.short_task, job.short_task), job)
            for job in jobs_about(coin.slug)
            if not job.finished
        ],
        "rules": rules,
        "firings": firings_of(rules),
        "kinds": AlertKind.choices,
        "channels": AlertChannel.choices,
        "may": may_start(request.user, update_coin_price),
        "may_assess": may_start(request.user, assess_coin_risk),
        "may_alert": may_start(request.user, check_specific_alert),
        "query": request.GET.urlencode(),
    }


def _list(request: HttpRequest) -> dict[str, Any]:
    rows = coin_rows()
    scores = scores_of(row.slug for row in rows)
    known = {coin.slug: coin for coin in Coin.objects.filter(slug__in=[row.slug for row in rows[:_SPARKS]])}
    return {
        "coins": [
            (
                row,
                scores.get(row.slug, (None, None))[0],
                thinned(chart_of(known[row.slug], 7), 40) if row.slug in known else [],
            )
            for row in rows
        ],
        "samples": fetch_sample_coins() if not rows else (),
        "topics": {"queues": ["price-updates", "risk-assessment"]},
        "may": may_start(request.user, update_coin_price),
    }


def _follow(request: HttpRequest) -> HttpResponse:
    entered = {name: request.POST.get(name, "").strip() for name in ("mint", "slug")}
    try:
        mint = checked_address(entered["mint"])
        _check_slug(entered["slug"])
        with transaction.atomic():
            coin = follow(mint, entered["slug"], entered["slug"])
            start_price_update(coin.slug)
    except ValueError as error:
        return render(
            request, "analysis/coins.html", _list(request) | entered | {"problem": str(error)}, status=422
        )
    return redirect("coin", coin.slug)


def _check_slug(slug: str) -> None:
    if slug and not re.match(SLUG, slug):
        raise ValueError("the short name has letters, digits and hyphens, 64 at most")


def _act(request: HttpRequest, coin: Coin) -> HttpResponse:
    action = request.POST.get("action")
    must_start(request, assess_coin_risk if action == "risk" else update_coin_price)
    match action:
        case "price":
            start_price_update(coin.slug)
        case "risk":
            start_risk_assessment(coin.slug)
        case "leave":
            leave(coin)
            messages.info(request, f"{coin} is not followed any more; its alerts rest.")
            return redirect("coins")
        case "follow":
            follow(coin.mint)
            start_price_update(coin.slug)
    return redirect("coin", coin.slug)


def _days(request: HttpRequest) -> int:
    text = request.GET.get("days", "30")
    return int(text) if text.isdigit() and int(text) in DAYS else 30


def _series(points: list[ChartPoint]) -> dict[str, list[Any]]:
    return {
        "times": [point.time.strftime("%Y-%m-%d %H:%M") for point in points],
        "usd": [float(point.usd) for point in points],
    }
