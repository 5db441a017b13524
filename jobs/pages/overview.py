"""`/`: is anything wrong, in two seconds."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from jobs.queries.overview import overview


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """The page; for htmx only the part that changes."""
    template = "jobs/parts/overview.html" if request.headers.get("HX-Request") else "jobs/overview.html"
    parts = getattr(settings, "PAGES_OVERVIEW_PARTS", ())
    return render(request, template, {"now": overview(), "parts": parts})
