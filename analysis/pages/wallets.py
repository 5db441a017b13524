"""`/wallets` and `/wallets/{address}`: start an analysis, watch it, read it."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from analysis.flows.wallets import ANALYSIS, analyse_wallet
from analysis.pages.steps import steps_of, under_way
from analysis.queries.behavior import behavior_of
from analysis.queries.pnl import Analysis, TokenLine, analysis_of
from analysis.queries.wallets import recent_wallets, sample_wallets, wallet_overview
from jobs.access import may_start
from jobs.errors import Refused
from jobs.pages.starting import must_start
from jobs.presence import seen

METHODS = {
    "fifo": ("FIFO", "first in, first out"),
    "lifo": ("LIFO", "last in, first out"),
    "hifo": ("HIFO", "highest cost first"),
    "average": ("Average", "average cost"),
}
_STEPS_AT_MOST = 10


@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """Enter or pick a wallet; a POST starts its analysis."""
    if request.method != "POST":
        return render(request, "analysis/wallets.html", _choice(request))
    must_start(request, *ANALYSIS)
    address = (request.POST.get("address") or request.POST.get("pick") or "").strip()
    method = request.POST.get("method", "fifo")
    if not address:
        return _again(request, address, method, "Enter an address, or pick one of the samples.")
    try:
        flow = analyse_wallet(address, method, force_refresh="force_refresh" in request.POST)
    except Refused as refusal:
        return _again(request, address, method, _sentence(refusal))
    shown = urlencode({"method": method, "step": [step.uid for step in flow.steps]}, doseq=True)
    return redirect(f"{reverse('wallet', args=[address])}?{shown}")


@require_safe
def wallet(request: HttpRequest, address: str) -> HttpResponse:
    """One wallet: the steps of its analysis, and what it found."""
    method = request.GET.get("method", "fifo")
    if method not in METHODS:
        messages.warning(request, f"There is no method {method!r}; this is by FIFO.")
        method = "fifo"
    seen(address)
    steps = steps_of(address, request.GET.getlist("step")[:_STEPS_AT_MOST])
    analysis = analysis_of(address, method)
    context = {
        "address": address,
        "method": method,
        "methods": METHODS,
        "overview": wallet_overview(address),
        "steps": steps,
        "under_way": under_way(steps),
        "topics": {"jobs": [step.job.uid for step in steps]},
        "analysis": analysis,
        "tokens": _by_weight(analysis),
        "series": _series(analysis),
        "behavior": behavior_of(address),
        "query": request.GET.urlencode(),
    }
    part = request.headers.get("HX-Request")
    return render(request, "analysis/parts/wallet.html" if part else "analysis/wallet.html", context)


def _choice(request: HttpRequest) -> dict[str, Any]:
    return {
        "samples": sample_wallets(),
        "recent": recent_wallets(),
        "methods": METHODS,
        "address": request.GET.get("address", ""),
        "method": "fifo",
        "may": may_start(request.user, *ANALYSIS),
    }


def _again(request: HttpRequest, address: str, method: str, problem: str) -> HttpResponse:
    entered = {"address": address, "method": method, "problem": problem}
    return render(request, "analysis/wallets.html", _choice(request) | entered, status=422)


def _sentence(refusal: Refused) -> str:
    """The refusal in words, without the task's name in front."""
    if not refusal.fields:
        return str(refusal)
    return "; ".join(f"{field}: {problem}" for field, problem in refusal.fields.items())


def _by_weight(analysis: Analysis | None) -> list[TokenLine]:
    """The tokens that made or lost the most come first."""
    return sorted(analysis.tokens, key=lambda line: -abs(line.net)) if analysis else []


def _series(analysis: Analysis | None) -> dict[str, list[Any]] | None:
    if analysis is None or not analysis.days:
        return None
    return {
        "days": [point.day.isoformat() for point in analysis.days],
        "net": [float(point.cumulative_net) for point in analysis.days],
    }
