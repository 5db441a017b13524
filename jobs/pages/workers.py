"""`/workers`: who runs the jobs."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from jobs.configuration import queue_book
from jobs.fence.connection import REDIS_ERRORS
from jobs.queries.presence import presence, workers_now


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Live workers, and the queues that nobody serves or leads."""
    template = "jobs/parts/workers.html" if request.headers.get("HX-Request") else "jobs/workers.html"
    return render(request, template, _context())


def _context() -> dict[str, object]:
    names = queue_book().names
    now = presence(names)
    try:
        workers = workers_now() if now.reachable else []
    except REDIS_ERRORS:
        return {"reachable": False}
    return {
        "reachable": now.reachable,
        "workers": workers,
        "slots": sum(worker.slots for worker in workers),
        "running": sum(len(worker.holding) for worker in workers),
        "unserved": [name for name in names if not now.slots(name)],
        "unled": [name for name in names if name not in now.led],
    }
