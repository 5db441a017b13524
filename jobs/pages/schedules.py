"""`/schedules`: what ticks when, what came of it, and its switch."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from jobs.access import may_operate
from jobs.errors import Refused
from jobs.scheduling.firing import fire_by_hand
from jobs.scheduling.listing import find_schedule, last_ticks, queue_of, schedules, switch


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """Every schedule and the latest ticks; a POST runs, enables or disables one."""
    if request.method == "POST":
        return _act(request)
    template = "jobs/parts/schedules.html" if request.headers.get("HX-Request") else "jobs/schedules.html"
    context = {"schedules": schedules(), "ticks": last_ticks(20), "may": may_operate(request.user)}
    return render(request, template, context)


def _act(request: HttpRequest) -> HttpResponse:
    name, action = request.POST.get("name", ""), request.POST.get("action")
    if action not in {"run", "enable", "disable"}:
        return HttpResponseBadRequest(f"There is no action {action!r}.", content_type="text/plain")
    try:
        if not may_operate(request.user, queue_of(find_schedule(name))):
            raise PermissionDenied
        messages.success(request, _done(name, action))
    except Refused as error:
        messages.error(request, str(error))
    return redirect("schedules")


def _done(name: str, action: str) -> str:
    if action == "run":
        return f"Enqueued job {fire_by_hand(find_schedule(name)).job_uid}."
    switch(name, enabled=action == "enable")
    return f"{name} is {action}d."
