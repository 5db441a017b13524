"""`/speech`: enter a text, watch it being spoken, hear it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from execution.flows.speech import say
from execution.pages.words import cursor, sentence
from execution.providers.speech.engines import engine
from execution.queries.speech import speeches
from execution.speaking import LONGEST
from execution.tasks.speech import process_tts
from jobs.access import may_start
from jobs.errors import Refused
from jobs.pages.starting import must_start

MODES = {
    "standard": "Standard",
    "realtime": "Real time: first",
    "batch": "Batch: when there is time",
}
_LABELS = {"text": "Text", "voice": "Voice", "mode": "Priority", "speed": "Pace"}


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """The form and what was spoken; a POST lets a text be spoken."""
    if request.method != "POST":
        part = request.headers.get("HX-Request")
        template = "execution/parts/speeches.html" if part else "execution/speech.html"
        return render(request, template, _context(request))
    must_start(request, process_tts)
    entered = {name: request.POST.get(name, "") for name in ("text", "voice", "mode")}
    text = entered["text"].replace("\r\n", "\n")
    try:
        asked = say(text, entered["voice"], mode=entered["mode"] or "standard")
    except Refused as refusal:
        context = _context(request) | entered | {"problem": sentence(refusal, _LABELS)}
        return render(request, "execution/speech.html", context, status=422)
    if asked.speech.file:
        messages.info(request, "This was spoken before: here it is again.")
    return redirect("speech")


def _context(request: HttpRequest) -> dict[str, Any]:
    speaker, before = engine(), cursor(request.GET.get("before", ""))
    return {
        "page": speeches(before=before),
        "before": before or "",
        "engine": speaker.name,
        "voices": speaker.voices,
        "voice": speaker.default_voice,
        "modes": MODES,
        "mode": "standard",
        "text": "",
        "longest": LONGEST,
        "may": may_start(request.user, process_tts),
    }
