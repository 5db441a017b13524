"""`/senders`: the accounts that may act; add a key or a smart account, remove one."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods
from pydantic import ValidationError

from enrichment.providers.evm.node import node
from execution.http.senders import KeyIn, SmartAccountIn
from execution.pages.refusals import sentence
from execution.queries.intents import senders
from execution.services.wallets.store import remove_wallet, store_key, store_smart_account
from jobs.access import may_operate
from jobs.errors import IllegalMove, NotFound, Refused, Unavailable

_SHOWN_AGAIN = ("label", "address", "owner")  # a key is not sent back


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """The forms and the list; a POST adds or removes one."""
    if request.method != "POST":
        return render(request, "execution/senders.html", _context(request))
    if not may_operate(request.user):
        raise PermissionDenied
    entered = {name: (request.POST.get(name) or "").strip() for name in (*_SHOWN_AGAIN, "private_key")}
    action = request.POST.get("action", "")
    try:
        messages.success(request, _act(action, entered))
    except (Refused, ValidationError) as error:
        return _again(request, entered, action, sentence(error))
    except (IllegalMove, NotFound, Unavailable) as error:
        return _again(request, entered, action, str(error))
    return redirect("senders")


def _act(action: str, entered: dict[str, str]) -> str:
    if action == "remove":
        remove_wallet(entered["address"])
        return f"{entered['address']} was removed."
    if action == "smart-account":
        asked = SmartAccountIn(address=entered["address"], owner=entered["owner"], label=entered["label"])
        row = store_smart_account(asked.address, asked.owner, node(), asked.label)
    else:
        given = KeyIn(private_key=entered["private_key"], label=entered["label"])
        row = store_key(given.private_key, given.label)
    return f"{row.address} may act now."


def _again(request: HttpRequest, entered: dict[str, str], action: str, problem: str) -> HttpResponse:
    shown = {name: entered[name] for name in _SHOWN_AGAIN}
    context = _context(request) | {"entered": shown, "problem": problem, "action": action}
    return render(request, "execution/senders.html", context, status=422)


def _context(request: HttpRequest) -> dict[str, Any]:
    return {"senders": senders(), "entered": {}, "may": may_operate(request.user)}
