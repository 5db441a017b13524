"""`/alerts/guide`: the operator's guide, where alerts link to, and the how-to pages beside it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from monitoring import guide


@require_safe
def show(request: HttpRequest, name: str = guide.GUIDE) -> HttpResponse:
    """A page of docs/how-to; without a name, what each alert means and what to do."""
    if not guide.text(name):
        return render(request, "404.html", status=404)
    page = mark_safe(guide.as_html(name))  # noqa: S308 -- our own file, rendered without HTML of its own
    return render(request, "monitoring/guide.html", {"guide": page})
