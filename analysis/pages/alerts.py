"""What the forms of a coin's page do to one's own alerts."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from analysis.flows.coins import start_alert_check
from analysis.models import AlertRule
from analysis.pages.coins import context
from analysis.queries.alerts import rule_of
from analysis.services.alerts.rules import Wanted, change_rule, create_rule, delete_rule, wanted_of
from analysis.tasks.alerts import check_specific_alert
from enrichment.models import Coin
from jobs.errors import NotFound, Refused
from jobs.pages.starting import must_start

LABELS = {"threshold": "Threshold", "window": "Within", "cooldown": "Silent for", "recipient": "Recipient"}


@require_POST
def create(request: HttpRequest, slug: str) -> HttpResponse:
    """A new alert about a coin."""
    coin = Coin.objects.filter(slug=slug).first()
    if coin is None:
        raise Http404
    must_start(request, check_specific_alert)
    try:
        create_rule(request.user, coin, _wanted(request))
    except Refused as refusal:
        return _again(request, coin, refusal)
    messages.success(request, "The alert is on; it is checked every minute.")
    return redirect("coin", slug)


@require_POST
def change(request: HttpRequest, alert_id: int) -> HttpResponse:
    """Switch an alert on or off, delete it, or check it now."""
    must_start(request, check_specific_alert)
    try:
        rule = rule_of(request.user, alert_id)
    except NotFound:
        raise Http404 from None
    _do(rule, request.POST.get("action", ""))
    return redirect("coin", rule.coin.slug)


def _do(rule: AlertRule, action: str) -> None:
    match action:
        case "enable" | "disable":
            wanted = wanted_of(rule)
            change_rule(rule, Wanted(**{**vars(wanted), "enabled": action == "enable"}))
        case "delete":
            delete_rule(rule)
        case "check":
            start_alert_check(rule.pk, rule.coin)


def _wanted(request: HttpRequest) -> Wanted:
    """What the form says; what is no number is refused."""
    text = {name: value.strip() for name, value in request.POST.items() if isinstance(value, str)}
    faults: dict[str, str] = {}
    numbers: dict[str, Any] = {"threshold": _decimal(text.get("threshold", ""), faults)}
    for name in ("window", "cooldown"):
        numbers[name] = _minutes(name, text.get(name) or "60", faults)
    if faults:
        raise Refused("; ".join(f"{name}: {fault}" for name, fault in faults.items()), faults)
    return Wanted(
        text.get("kind", ""),
        **numbers,
        channel=text.get("channel", "log"),
        recipient=text.get("recipient", ""),
    )


def _decimal(text: str, faults: dict[str, str]) -> Decimal:
    try:
        return Decimal(text.replace(",", ""))
    except InvalidOperation:
        faults["threshold"] = "is a number"
        return Decimal(0)


def _minutes(name: str, text: str, faults: dict[str, str]) -> int:
    if text.isascii() and text.isdigit() and len(text) < 9:
        return int(text)
    faults[name] = "is a number of minutes"
    return 0


def _again(request: HttpRequest, coin: Coin, refusal: Refused) -> HttpResponse:
    entered = {name: value for name, value in request.POST.items() if name != "csrfmiddlewaretoken"}
    told = "; ".join(
        f"{LABELS.get(field, field.capitalize())} {fault}" for field, fault in refusal.fields.items()
    )
    more = {"entered": entered, "problem": told, "faults": refusal.fields}
    return render(request, "analysis/coin.html", context(request, coin) | more, status=422)
