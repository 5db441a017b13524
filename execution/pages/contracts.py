"""`/contracts` and `/contracts/{id}`: deploy one, see where it is, read from it."""

from contextlib import suppress
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods
from pydantic import ValidationError

from execution.flows.contracts import start_deployment
from execution.http.contracts import DeploymentIn
from execution.models import Contract
from execution.pages.refusals import sentence
from execution.queries.contracts import contract_of, newest_contracts, read_contract
from execution.queries.intents import senders
from execution.services.contracts.abi import views
from execution.services.contracts.artifacts import source_of
from execution.services.contracts.deploy import ContractDraft
from execution.tasks.contracts import deploy_contract
from jobs.access import may_start
from jobs.errors import NotFound, Refused, Unavailable
from jobs.http.body import strict_json
from jobs.pages.starting import must_start
from jobs.presence import seen
from jobs.queries.finding import jobs_of_correlation

_FIELDS = ("name", "environment", "sender", "source", "arguments", "tags")


@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """Deploy a contract, and see those that there are."""
    if request.method != "POST":
        part = request.headers.get("HX-Request")
        context = {"contracts": newest_contracts()} if part else _form(request, _sample())
        name = "execution/parts/contracts.html" if part else "execution/contracts.html"
        return render(request, name, context)
    must_start(request, deploy_contract)
    entered = {name: request.POST.get(name) or "" for name in _FIELDS}
    try:
        started = start_deployment(ContractDraft(**_wanted(entered).model_dump()))
    except (Refused, ValidationError) as error:
        context = _form(request, entered) | {"problem": sentence(error)}
        return render(request, "execution/contracts.html", context, status=422)
    return redirect("contract", uid=started.contract.uid)


@require_http_methods(["GET", "HEAD", "POST"])
def contract(request: HttpRequest, uid: str) -> HttpResponse:
    """One contract; a POST calls a function that only reads."""
    try:
        found = contract_of(uid)
    except NotFound as error:
        raise Http404(str(error)) from None
    seen(uid)
    context = {
        "contract": found,
        "jobs": jobs_of_correlation(found.correlation_id),
        "views": views(found.abi),
        "topics": {"correlationIds": [found.correlation_id]},
    }
    if request.method == "POST":
        context |= _called(request, found)
    part = request.headers.get("HX-Request")
    return render(request, "execution/parts/contract.html" if part else "execution/contract.html", context)


def _called(request: HttpRequest, found: Contract) -> dict[str, Any]:
    function, text = request.POST.get("function", ""), request.POST.get("arguments", "")
    asked: dict[str, Any] = {"function": function, "arguments": text}
    try:
        values = read_contract(found, function, _list("arguments", text))
    except (Refused, Unavailable) as error:
        told = sentence(error) if isinstance(error, Refused) else str(error)
        return asked | {"read_problem": told}
    return asked | {"values": values}


def _form(request: HttpRequest, entered: dict[str, str]) -> dict[str, Any]:
    return {
        "entered": entered,
        "senders": senders(),
        "environments": Contract.Environment.values,
        "contracts": newest_contracts(),
        "may": may_start(request.user, deploy_contract),
    }


def _sample() -> dict[str, str]:
    known = senders()
    return {
        "name": "Sample token",
        "environment": "development",
        "sender": known[0].address if known else "",
        "source": source_of("token"),
        "arguments": '["Sample token", "SMP", "1000000000000000000000000"]',
        "tags": "",
    }


def _wanted(entered: dict[str, str]) -> DeploymentIn:
    values: dict[str, Any] = {name: entered[name].strip() for name in ("name", "environment", "sender")}
    arguments = _list("arguments", entered["arguments"])
    return DeploymentIn(
        **values,
        source=entered["source"],
        arguments=arguments,
        tags=entered["tags"].replace(",", " ").split(),
    )


def _list(field: str, text: str) -> list[Any]:
    values: object = None
    with suppress(ValueError, RecursionError):
        values = strict_json((text.strip() or "[]").encode())
    if not isinstance(values, list):
        raise Refused("The arguments are a JSON list.", {field: 'are a JSON list, such as ["name", 1]'})
    return values
