"""`/alerts/guide`: the operator's guide, where alerts link to."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from monitoring.guide import as_html


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """What each alert means and what to do."""
    guide = mark_safe(as_html())  # noqa: S308 -- our own file, rendered without HTML of its own
    return render(request, "monitoring/guide.html", {"guide": guide})
