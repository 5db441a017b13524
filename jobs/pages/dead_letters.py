"""`/dead-letters`: what failed for good, grouped by cause, and what is done about it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from jobs.access import may_operate
from jobs.configuration import queue_book
from jobs.masking import shown_payload
from jobs.models import DeadLetter
from jobs.pages.dealing import Dealt, discard_letters, retry_letters
from jobs.queries.letters import causes, letters_of, recently_resolved

_AT_ONCE = 1_000  # letters that one click deals with


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Open letters by cause, and what was dealt with lately."""
    queue = request.GET.get("queue", "")
    context = {
        "causes": causes(queue),
        "queue": queue,
        "queues": queue_book().names,
        "resolved": recently_resolved(),
    }
    return render(request, "jobs/dead_letters.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def cause(request: HttpRequest, fingerprint: str) -> HttpResponse:
    """The letters of one cause; a POST retries or discards the chosen ones, or all."""
    if request.method == "POST":
        return _deal(request, fingerprint)
    letters = letters_of(fingerprint)
    if not letters:
        if DeadLetter.objects.filter(fingerprint=fingerprint).exists():
            return redirect("dead-letters")  # the last one has just been dealt with
        return render(request, "404.html", status=404)
    shown = [(letter, shown_payload(letter)) for letter in letters]
    context = {
        "letters": shown,
        "sample": letters[0],
        "fingerprint": fingerprint,
        "may": all(may_operate(request.user, queue) for queue in {letter.queue for letter in letters}),
    }
    return render(request, "jobs/dead_letter_cause.html", context)


def _deal(request: HttpRequest, fingerprint: str) -> HttpResponse:
    letters = _chosen(request, fingerprint)
    if not all(may_operate(request.user, queue) for queue in {letter.queue for letter in letters} or {""}):
        raise PermissionDenied
    by = request.user.get_username()
    match request.POST.get("action"):
        case "retry":
            _tell(request, retry_letters(letters, by), "waits again", "wait again")
        case "discard":
            note = request.POST.get("note", "").strip()
            _tell(request, discard_letters(letters, note, by), "is discarded", "are discarded")
        case other:
            return HttpResponseBadRequest(f"There is no action {other!r}.", content_type="text/plain")
    return redirect("dead-letter-cause", fingerprint=fingerprint)


def _chosen(request: HttpRequest, fingerprint: str) -> list[DeadLetter]:
    chosen: dict[str, Any] = {"fingerprint": fingerprint, "resolution": ""}
    ids = [int(text) for text in request.POST.getlist("letter") if text.isascii() and text.isdigit()]
    if "all" not in request.POST:
        chosen["pk__in"] = ids
    return list(DeadLetter.objects.filter(**chosen).order_by("id")[:_AT_ONCE])


def _tell(request: HttpRequest, dealt: Dealt, one: str, many: str) -> None:
    if not dealt.done and not dealt.refused:
        messages.warning(request, "Nothing was chosen.")
    if dealt.done:
        messages.success(request, f"1 job {one}." if dealt.done == 1 else f"{dealt.done:,} jobs {many}.")
    for uid, reason in list(dealt.refused.items())[:5]:
        messages.error(request, f"{uid}: {reason}")
