"""`/dead-letters/{id}`: one letter with its history; its payload can be edited before it is retried."""

import json
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from jobs.access import may_operate
from jobs.dead_letters import discard, get_letter, retry
from jobs.errors import JobError, NotFound
from jobs.masking import shown_payload
from jobs.models import DeadLetter


@require_http_methods(["GET", "HEAD", "POST"])
def letter(request: HttpRequest, letter_id: int) -> HttpResponse:
    """The letter; a POST retries or discards it, and shows what was typed again when that is refused."""
    try:
        found = get_letter(letter_id)
        if request.method == "POST":
            return _deal(request, found)
    except NotFound:
        return render(request, "404.html", status=404)
    return _show(request, found, as_text(shown_payload(found)))


def as_text(payload: dict[str, Any]) -> str:
    """A payload as JSON to edit."""
    return json.dumps(payload, indent=2, ensure_ascii=False, default=str)


def _deal(request: HttpRequest, found: DeadLetter) -> HttpResponse:
    if not may_operate(request.user, found.queue):
        raise PermissionDenied
    by, text = request.user.get_username(), request.POST.get("data", "").replace("\r\n", "\n")
    try:
        match request.POST.get("action"):
            case "retry":
                edited = text.strip() != as_text(shown_payload(found)).strip()
                uid = retry(found.pk, by, _parsed(text) if edited else None)
                messages.success(request, "The job waits again.")
                return redirect("job", uid=uid)
            case "discard":
                discard(found.pk, request.POST.get("note", "").strip(), by)
                messages.success(request, "The letter is discarded.")
                return redirect("dead-letter", letter_id=found.pk)
            case other:
                return HttpResponseBadRequest(f"There is no action {other!r}.", content_type="text/plain")
    except (JobError, ValueError) as error:
        messages.error(request, str(error))
        return _show(request, found, text)


def _parsed(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise ValueError(f"The payload is no JSON: {error}") from None
    if not isinstance(value, dict):
        raise ValueError("The payload must be a JSON object, with a value for each field.")  # noqa: TRY004 -- a wrong value
    return value


def _show(request: HttpRequest, found: DeadLetter, text: str) -> HttpResponse:
    context = {
        "letter": found,
        "text": text,
        "may": may_operate(request.user, found.queue) and not found.resolution,
    }
    return render(request, "jobs/dead_letter.html", context)
