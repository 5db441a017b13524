"""`/wallets/similarity` and `/wallets/similarity/{request}`: choose wallets, watch, read how alike they are."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from analysis.flows.wallets import COMPARISON, compare_wallets
from analysis.pages.steps import steps_of, under_way
from analysis.queries.behavior import short
from analysis.queries.similarity import ComparisonFound, comparison, recent_comparisons
from analysis.queries.wallets import sample_wallets
from analysis.services.similarity.sorting import split_by_validity
from enrichment.queries.tokens import tokens_with_markets
from jobs.access import may_start
from jobs.errors import Refused
from jobs.pages.starting import must_start

RANGES = {"all": "All of it", "90d": "90 days", "30d": "30 days", "7d": "7 days"}
MEASURES = {
    ("capital", "cosine"): ("Capital, cosine", "the direction of what they put into each token"),
    ("capital", "weighted_jaccard"): (
        "Capital, weighted Jaccard",
        "the overlap of what they put in, as shares",
    ),
    ("binary", "cosine"): ("Tokens, cosine", "shared tokens over the geometric mean of both counts"),
    ("binary", "jaccard"): ("Tokens, Jaccard", "shared tokens over the tokens of either"),
}
_PAIRS = 50


@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """Enter or pick wallets; a POST starts their comparison."""
    if request.method != "POST":
        return render(request, "analysis/similarity.html", _choice(request))
    must_start(request, *COMPARISON)
    addresses = _entered(request)
    wishes: dict[str, Any] = {"min_shared_tokens": request.POST.get("min_shared_tokens") or 1,
              "time_range": request.POST.get("time_range") or "all"}  # fmt: skip
    try:
        started = compare_wallets(addresses, **wishes)
    except Refused as refusal:
        problem = "; ".join(f"{field}: {told}" for field, told in refusal.fields.items()) or str(refusal)
        entered = {"entered": "\n".join(addresses), "problem": problem}
        return render(request, "analysis/similarity.html", _choice(request) | entered, status=422)
    return redirect("comparison", request_id=started.request_id)


@require_safe
def compared(request: HttpRequest, request_id: str) -> HttpResponse:
    """One comparison: its jobs, and what it found."""
    found = comparison(request_id)
    if found is None:
        raise Http404("There is no such comparison.")
    steps = steps_of("", found.jobs)
    context = {
        "found": found,
        "labels": _labels(found),
        "steps": steps,
        "under_way": under_way(steps),
        "failed": any(step.job.state in {"failed", "cancelled"} for step in steps[-1:]),
        "topics": {"jobs": [step.job.uid for step in steps]},
        "matrices": _matrices(found),
        "pairs": _pairs(found),
    }
    part = request.headers.get("HX-Request")
    return render(request, "analysis/parts/comparison.html" if part else "analysis/comparison.html", context)


def _entered(request: HttpRequest) -> list[str]:
    """What was typed, in any separation, and what was picked."""
    typed = request.POST.get("addresses", "").replace(",", " ").split()
    return list(dict.fromkeys([*typed, *request.POST.getlist("pick")]))


def _choice(request: HttpRequest) -> dict[str, Any]:
    return {
        "samples": sample_wallets(),
        "recent": recent_comparisons(10),
        "ranges": RANGES,
        "entered": "\n".join(request.GET.getlist("address")),
        "may": may_start(request.user, *COMPARISON),
    }


def _names() -> dict[str, str]:
    return {sample.address: sample.label for sample in sample_wallets()}


def _labels(found: ComparisonFound) -> list[tuple[str, str]]:
    """Each wallet that was asked for, with what people call it."""
    valid, _ = split_by_validity(found.wanted["addresses"])
    names = _names()
    return [(address, names.get(address) or short(address)) for address in valid]


def _matrices(found: ComparisonFound) -> list[dict[str, Any]]:
    """A table per measure: a row per wallet with its label and its cells."""
    if found.result is None:
        return []
    labels = dict(_labels(found))
    wallets = [(address, labels.get(address, short(address))) for address in found.result["wallets"]]
    return [
        {
            "title": title,
            "explained": explained,
            "wallets": wallets,
            "rows": [
                (*wallet, cells)
                for wallet, cells in zip(wallets, found.result["matrices"][kind][name], strict=True)
            ],
        }
        for (kind, name), (title, explained) in MEASURES.items()
        if kind in found.result["matrices"]
    ]


def _pairs(found: ComparisonFound) -> list[dict[str, Any]]:
    """The pairs, most alike first, with the symbols of what they share."""
    if found.result is None:
        return []
    labels, pairs = dict(_labels(found)), found.result["pairs"][:_PAIRS]
    tokens = tokens_with_markets([mint for pair in pairs for mint in pair["shared"]])
    return [
        pair | {
            "labels": (labels.get(pair["first"], pair["first"]), labels.get(pair["second"], pair["second"])),
            "symbols": [
                (tokens[mint].symbol if mint in tokens else "") or short(mint) for mint in pair["shared"]
            ],
        }
        for pair in pairs
    ]  # fmt: skip
