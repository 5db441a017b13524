"""`/intents` and `/intents/{id}`: hand one in, watch it, read its trail."""

from decimal import Context, Decimal, Inexact, InvalidOperation, Overflow
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe
from pydantic import ValidationError

from analysis.flows.intents import start_intent
from analysis.models import Strategy
from analysis.services.intents.draft import Draft
from analysis.services.intents.strategies import BUILT_IN
from execution.flows.intents import INTENT
from execution.pages.refusals import sentence
from execution.queries.intents import Sender, newest_intents, senders, trail_of
from jobs.access import may_start
from jobs.errors import NotFound, Refused
from jobs.pages.starting import must_start
from jobs.presence import seen

# No digit is rounded away, and no exponent is spelled out that is far beyond any amount.
_EXACT = Context(prec=200, Emax=200, Emin=-200, traps=[InvalidOperation, Inexact, Overflow])
_ETHER = 10**18
_GWEI = 10**9
_FIELDS = ("sender", "recipient", "token", "amount", "max_gas_price", "strategy")


@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """Hand an intent in, and see those that there are."""
    if request.method != "POST":
        part = request.headers.get("HX-Request")
        context = {"intents": newest_intents()} if part else _form(request, _sample(senders()))
        return render(request, "execution/parts/intents.html" if part else "execution/intents.html", context)
    must_start(request, *INTENT)
    entered = {name: (request.POST.get(name) or "").strip() for name in _FIELDS}
    try:
        started = start_intent(Draft(**_values(entered)))
    except (Refused, ValidationError) as error:
        context = _form(request, entered) | {"problem": sentence(error)}
        return render(request, "execution/intents.html", context, status=422)
    return redirect("intent", uid=started.intent.uid)


@require_safe
def intent(request: HttpRequest, uid: str) -> HttpResponse:
    """One intent: the verdict, its jobs, its transaction."""
    try:
        trail = trail_of(uid)
    except NotFound as error:
        raise Http404(str(error)) from None
    seen(uid)
    part = request.headers.get("HX-Request")
    return render(
        request, "execution/parts/intent.html" if part else "execution/intent.html", {"trail": trail}
    )


def _form(request: HttpRequest, entered: dict[str, str]) -> dict[str, Any]:
    known = senders()
    strategies = {name: values["description"] for name, values in BUILT_IN.items()}
    strategies |= dict(Strategy.objects.values_list("name", "description"))
    return {
        "entered": entered,
        "senders": known,
        "strategies": strategies,
        "intents": newest_intents(),
        "may": may_start(request.user, *INTENT),
    }


def _sample(known: list[Sender]) -> dict[str, str]:
    """What the form holds at first: something that works as it is, where the chain is the local one."""
    sample = {"strategy": "standard"}
    if len(known) >= 2:
        sample |= {"sender": known[0].address, "recipient": known[1].address, "amount": "0.25"}
    return sample


def _values(entered: dict[str, str]) -> dict[str, Any]:
    kind = "token_transfer" if entered["token"] else "transfer"
    scale = 1 if entered["token"] else _ETHER
    values: dict[str, Any] = {name: entered[name] for name in ("sender", "recipient", "token", "strategy")}
    values |= {"kind": kind, "amount": _units("amount", entered["amount"], scale)}
    if entered["max_gas_price"]:
        values["max_gas_price"] = _units("max_gas_price", entered["max_gas_price"], _GWEI)
    return values


def _units(field: str, text: str, scale: int) -> int:
    """A decimal number in base units; Refused for text that is none, or finer than the units are."""
    try:
        units = _EXACT.multiply(Decimal(text), Decimal(scale))
        if units == units.to_integral_value(context=_EXACT):
            return int(units)
    except (ArithmeticError, ValueError):  # no number, too large a one, or endless digits
        pass
    raise Refused(f"{text!r} is no amount.", {field: f"{text!r} is no amount"})
