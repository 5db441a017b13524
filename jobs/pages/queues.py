"""`/queues/{queue}`: one queue, its live limits, and what can be done to it."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from jobs import control
from jobs.access import may_operate
from jobs.configuration import queue_book
from jobs.errors import OptionRefused, Unavailable, UnknownName
from jobs.names import registered_tasks, short_name
from jobs.queries.overview import queue_now
from jobs.queries.queue_settings import limits_of, settings_of, shown, state_of

_FIELDS = (  # name, label, what stands under it
    ("rate", "Rate", "such as 10/s or 100/min; none for no limit"),
    ("rate_per_key", "Rate per key", "the same for each value of the key"),
    ("burst", "Burst", "tokens of a bucket; 0 for a sliding window"),
    ("max_running", "At once", "jobs; 0 for no limit"),
    ("max_running_per_key", "At once per key", "jobs; 0 for no limit"),
    ("ageing", "Ageing", "seconds of waiting that count as one priority step; 0 for off"),
)
_PER_KEY = ("rate_per_key", "max_running_per_key")
_NUMBERS: dict[str, Callable[[str], Any]] = {
    "burst": int, "max_running": int, "max_running_per_key": int, "ageing": float,
}  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def queue(request: HttpRequest, name: str) -> HttpResponse:
    """The page; a POST acts on the queue first."""
    try:
        declared = queue_book().part(name)
    except UnknownName:
        return render(request, "404.html", status=404)
    if request.method == "POST":
        return _act(request, declared.name) or redirect("queue", name=declared.name)
    part = request.headers.get("HX-Request")
    template = "jobs/parts/queue.html" if part else "jobs/queue.html"
    return render(request, template, _context(request, declared.name))


def _context(request: HttpRequest, name: str) -> dict[str, Any]:
    declared, limits, row = queue_book().part(name), limits_of([name])[name], settings_of(name)
    now, declared_limits = shown(limits), shown(declared.limits())
    return {
        "queue": queue_now(name),
        "declared": declared,
        "state": state_of(limits),
        "row": row,
        "tasks": sorted(short_name(task) for task in registered_tasks() if _routed(task) == declared.declared_name),
        "fields": [
            {"name": field, "label": label, "hint": hint, "now": now[field], "set": getattr(row, field),
             "declared": declared_limits[field]}
            for field, label, hint in _FIELDS
            if declared.key or field not in _PER_KEY
        ],
        "fair": limits.fair,
        "may": may_operate(request.user, declared.name),
        "parts": getattr(settings, "PAGES_QUEUE_PARTS", ()),
    }  # fmt: skip


def _routed(task: str) -> str:
    return queue_book().of_task(task).name


def _act(request: HttpRequest, name: str) -> HttpResponse | None:
    if not may_operate(request.user, name):
        raise PermissionDenied
    action = request.POST.get("action", "")
    try:
        told = _done(request, name, action)
    except (OptionRefused, Unavailable) as error:
        messages.error(request, str(error))
        return None
    if told is None:
        return HttpResponseBadRequest(f"There is no action {action!r}.", content_type="text/plain")
    messages.success(request, told)
    return None


def _done(request: HttpRequest, name: str, action: str) -> str | None:
    """Do it; a sentence about it, None for an action that does not exist."""
    by = request.user.get_username()
    match action:
        case "pause":
            control.pause(name, by)
            return "Paused: no job of this queue starts."
        case "resume":
            control.resume(name, by)
            return "Open: its jobs start again."
        case "drain":
            control.drain(name, by)
            return "Draining: what comes from now on waits."
        case "clear":
            return f"{control.clear(name, by):,} jobs are cancelled."
        case "set":
            control.change_limits(name, _changes(request, name), by)
            return "The limits are changed."
    return None


def _changes(request: HttpRequest, name: str) -> dict[str, Any]:
    """What the form says: an empty field takes the override back."""
    changes: dict[str, Any] = {}
    keyed = queue_book().part(name).key is not None
    for field, label, _ in _FIELDS:
        text = request.POST.get(field, "").strip()
        if keyed or field not in _PER_KEY:
            changes[field] = _number(field, label, text) if text and field in _NUMBERS else text or None
    if keyed:
        changes["fair"] = request.POST.get("fair") == "on"
    return changes


def _number(field: str, label: str, text: str) -> Any:
    try:
        return _NUMBERS[field](text)
    except ValueError:
        raise OptionRefused(label, f"must be a number, got {text!r}") from None
