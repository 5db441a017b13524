"""`/exchanges`: one's accounts on exchanges; add one, sync all."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from enrichment import flows
from enrichment.pages.steps import steps_of, under_way
from enrichment.providers.exchanges.addresses import exchanges
from enrichment.providers.exchanges.records import ApiKeys
from enrichment.queries.exchanges import accounts_of, sample_accounts, tickers_of
from enrichment.services.exchanges.accounts import NewAccount, add_account
from jobs.access import may_start
from jobs.errors import JobError, Refused
from jobs.pages.starting import must_start

_PRICES = 12  # rows of prices below the accounts


@dataclass(frozen=True)
class Entered:
    """What the form holds when it comes back; secrets are not sent back."""

    exchange: str = ""
    label: str = ""
    premium: bool = False


@require_http_methods(["GET", "HEAD", "POST"])
def listing(request: HttpRequest) -> HttpResponse:
    """The accounts; a POST adds one, or syncs all of them."""
    if request.method != "POST":
        return _shown(request)
    must_start(request, *flows.ACCOUNT)
    return _sync_all(request) if request.POST.get("action") == "sync" else _add(request)


def _sync_all(request: HttpRequest) -> HttpResponse:
    accounts = accounts_of(request.user)
    if not accounts:
        messages.warning(request, "You have no account to sync yet.")
        return redirect("exchanges")
    uid = flows.sync_accounts(accounts)
    prices = [flows.sync_prices(name) for name in sorted({row.exchange for row in accounts})]
    return redirect(f"{reverse('exchanges')}?{urlencode({'step': [uid, *prices]}, doseq=True)}")


def _add(request: HttpRequest) -> HttpResponse:
    wanted = _sample(request) if request.POST.get("action") == "sample" else _entered(request)
    if wanted is None:
        messages.error(request, "This sample is not to be had now: is the sandbox running?")
        return redirect("exchanges")
    try:
        account = add_account(request.user, wanted)
    except Refused as refusal:
        return _again(request, wanted, refusal.fields or {"": str(refusal)})
    except JobError as error:
        return _again(request, wanted, {"": f"The keys cannot be checked now: {error}."})
    jobs = flows.sync_account(account)
    query = urlencode({"step": list(jobs.values())}, doseq=True)
    return redirect(f"{reverse('exchange', args=[account.uid])}?{query}")


def _sample(request: HttpRequest) -> NewAccount | None:
    name = request.POST.get("sample", "")
    found = next((one for one in sample_accounts() if one.name == name), None)
    if found is None:
        return None
    return NewAccount(found.exchange, found.label, found.keys, premium=name == "swing")


def _entered(request: HttpRequest) -> NewAccount:
    text = {
        name: request.POST.get(name, "").strip() for name in ("exchange", "label", "api_key", "api_secret")
    }
    keys = ApiKeys(text["api_key"], text["api_secret"], request.POST.get("passphrase", "").strip())
    return NewAccount(text["exchange"], text["label"], keys, premium="premium" in request.POST)


def _again(request: HttpRequest, wanted: NewAccount, problems: dict[str, str]) -> HttpResponse:
    entered = Entered(wanted.exchange, wanted.label, wanted.premium)
    return _shown(request, entered, {_FIELDS.get(name, name): text for name, text in problems.items()}, 422)


_FIELDS = {"apiKey": "api_key", "apiSecret": "api_secret", "": "general"}


def _shown(
    request: HttpRequest,
    entered: Entered | None = None,
    problems: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    names = request.GET.getlist("step")[:10]
    steps = steps_of("", names) if names else []
    accounts = accounts_of(request.user)
    known = {(row.exchange, row.label) for row in accounts}
    context: dict[str, Any] = {
        "accounts": accounts,
        "samples": [one for one in sample_accounts() if (one.exchange, one.label) not in known],
        "exchanges": exchanges().values(),
        "prices": [(one.label, tickers_of(one.name, _PRICES)) for one in exchanges().values()],
        "steps": steps,
        "under_way": under_way(steps),
        "topics": {"jobs": [step.job.uid for step in steps]},
        "entered": entered or Entered(),
        "problems": problems or {},
        "may": may_start(request.user, *flows.ACCOUNT),
        "query": request.GET.urlencode(),
    }
    part = request.headers.get("HX-Request")
    return render(
        request,
        "enrichment/parts/exchanges.html" if part else "enrichment/exchanges.html",
        context,
        status=status,
    )
