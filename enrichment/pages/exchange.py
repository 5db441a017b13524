"""`/exchanges/{account}`: what an account holds, its open orders and its history, the prices beside it."""

from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from enrichment import flows
from enrichment.models import ExchangeAccount
from enrichment.pages.steps import steps_of, under_way
from enrichment.providers.exchanges.addresses import exchanges
from enrichment.queries.exchanges import (
    FillFilter,
    OrderFilter,
    account_of,
    balances_of,
    dollars_at,
    fees_of,
    fills_of,
    orders_of,
    tickers_of,
)
from enrichment.services.exchanges.accounts import check_account, remove_account
from jobs.access import may_start
from jobs.errors import JobError, NotFound, Refused
from jobs.pages.starting import must_start
from jobs.presence import seen

_OPEN_AT_MOST = 100
_HISTORY = 25
_FILLS = 12
_TABS = (("", "All"), ("closed", "Filled"), ("canceled", "Cancelled"), ("expired", "Expired"))


@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest, uid: str) -> HttpResponse:
    """One account; a POST syncs, checks or removes it."""
    try:
        row = account_of(request.user, uid)
    except NotFound as error:
        raise Http404(str(error)) from None
    if request.method == "POST":
        must_start(request, *flows.ACCOUNT)
        return _act(request, row)
    seen(uid)
    part = request.headers.get("HX-Request")
    name = "enrichment/parts/exchange.html" if part else "enrichment/exchange.html"
    return render(request, name, _context(request, row))


def _act(request: HttpRequest, row: ExchangeAccount) -> HttpResponse:
    action, here = request.POST.get("action"), reverse("exchange", args=[row.uid])
    if action == "remove":
        remove_account(row)
        messages.success(request, f"{row.label} was removed, with its keys and orders.")
        return redirect("exchanges")
    if action == "check":
        _check(request, row)
        return redirect(here)
    jobs = flows.sync_account(row, full=action == "full")
    return redirect(f"{here}?{urlencode({'step': list(jobs.values())}, doseq=True)}")


def _check(request: HttpRequest, row: ExchangeAccount) -> None:
    try:
        accepted = check_account(row)
    except JobError as error:
        messages.warning(request, f"The keys cannot be checked now: {error}.")
        return
    if accepted:
        messages.success(request, "The exchange accepts the keys.")
    else:
        messages.error(request, "The exchange does not accept the keys any more.")


def _context(request: HttpRequest, row: ExchangeAccount) -> dict[str, Any]:
    steps = steps_of(row.uid, request.GET.getlist("step")[:10])
    dollars = dollars_at(row.exchange)
    held, fees = balances_of(row, dollars), fees_of(row, dollars)
    tab = request.GET.get("status", "")
    wanted = OrderFilter(account=row.uid, status=tab if tab in dict(_TABS) else "")
    try:
        history = orders_of(request.user, wanted, request.GET.get("cursor"), _HISTORY)
    except Refused:  # a cursor that somebody made up
        history = orders_of(request.user, wanted, None, _HISTORY)
    address = exchanges().get(row.exchange)
    return {
        "account": row,
        "exchange_label": address.label if address else row.exchange,
        "steps": steps,
        "under_way": under_way(steps),
        "topics": {"jobs": [step.job.uid for step in steps]},
        "balances": held,
        "worth": _worth([balance.usd for balance in held]),
        "fees": fees,
        "fees_worth": _worth([fee.usd for fee in fees]),
        "fills": fills_of(request.user, FillFilter(account=row.uid), None, _FILLS).fills,
        "open_orders": orders_of(
            request.user, OrderFilter(account=row.uid, status="open"), None, _OPEN_AT_MOST
        ).orders,
        "history": history,
        "count": row.orders.count(),
        "tabs": _TABS,
        "tab": wanted.status,
        "prices": tickers_of(row.exchange, 12),
        "may": may_start(request.user, *flows.ACCOUNT),
        "query": request.GET.urlencode(),
    }


def _worth(parts: list[Decimal | None]) -> Decimal | None:
    """What all of it is worth in dollars, as far as prices are known; None when none is."""
    known = [usd for usd in parts if usd is not None]
    return sum(known, Decimal(0)) if known else None
