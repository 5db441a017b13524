"""`/jobs` and `/jobs/{id}`: search, and everything about one job with what can be done to it."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from jobs.access import may_operate
from jobs.changes import change
from jobs.configuration import queue_book
from jobs.errors import IllegalMove, NotFound, OptionRefused, Unavailable
from jobs.masking import shown_payload
from jobs.models import Job
from jobs.names import registered_tasks, short_name
from jobs.presence import seen
from jobs.priority import NAMED
from jobs.queries import get_job
from jobs.queries.explaining import explain_job
from jobs.queries.finding import Search, SearchTooSlow, find_jobs
from jobs.queries.flows import flow_of
from jobs.queries.story import story_of
from jobs.queries.tasks import full_names
from jobs.states import MOVES, State
from jobs.store.moves import cancel, promote, retry

_ACTIONS: dict[str, tuple[Callable[[str], object], str]] = {
    "cancel": (cancel, ""),
    "retry": (retry, "The job waits again, with all its attempts."),
    "promote": (promote, "The job may run now."),
}

_FLOW = 60  # jobs of a flow that a page shows
_NOT_STARTED = (State.WAITING, State.DELAYED, State.BLOCKED)


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The jobs that fit the filters, newest first."""
    search = _search(request)
    context: dict[str, Any] = {
        "search": search,
        "states": list(State),
        "queues": queue_book().names,
        "task": request.GET.get("task", ""),
        "tasks": sorted({short_name(name) for name in registered_tasks()}),
        "query": _query(request),
    }
    try:
        context["found"] = find_jobs(search)
    except SearchTooSlow as error:
        context["problem"] = str(error)
    part = request.headers.get("HX-Request")
    return render(request, "jobs/parts/job_list.html" if part else "jobs/jobs.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def job(request: HttpRequest, uid: str) -> HttpResponse:
    """One job; a POST acts on it first."""
    try:
        if request.method == "POST":
            refusal = _act(request, uid)
            return refusal or redirect("job", uid=uid)
        found = get_job(uid)
        if found.subject:
            seen(found.subject)
    except NotFound:
        return render(request, "404.html", status=404)
    template = "jobs/parts/job.html" if request.headers.get("HX-Request") else "jobs/job.html"
    return render(request, template, _context(request, found))


def _act(request: HttpRequest, uid: str) -> HttpResponse | None:
    if not may_operate(request.user, get_job(uid).queue):
        raise PermissionDenied
    name = request.POST.get("action", "")
    if name == "priority":
        _set_priority(request, uid)
        return None
    if name not in _ACTIONS:
        return HttpResponseBadRequest(f"There is no action {name!r}.", content_type="text/plain")
    action, done = _ACTIONS[name]
    try:
        answer = cancel(uid, f"cancelled by {request.user}") if action is cancel else action(uid)
        messages.success(request, done or f"The job is {answer}.")
    except (IllegalMove, Unavailable) as error:
        messages.error(request, str(error))
    return None


def _set_priority(request: HttpRequest, uid: str) -> None:
    try:
        change(uid, priority=request.POST.get("priority", ""))
        messages.success(request, "The priority is changed.")
    except (IllegalMove, OptionRefused, Unavailable) as error:
        messages.error(request, str(error))


def _context(request: HttpRequest, found: Job) -> dict[str, Any]:
    story = story_of(found)
    may = may_operate(request.user, found.queue)
    return {
        "job": found,
        "story": story,
        "reasons": explain_job(found),
        "payload": shown_payload(found),
        "stages": _stages(found) if story.waits_for or story.needed_by else (),
        "actions": _allowed(found) if may else (),
        "levels": NAMED if may and found.state in _NOT_STARTED else {},
    }


def _stages(found: Job) -> Sequence[Sequence[Job]]:
    """The flow that the job is a part of, as far as a page has room for it."""
    return flow_of(found.correlation_id, _FLOW).stages if found.correlation_id else ()


def _allowed(found: Job) -> list[str]:
    return [name for name in _ACTIONS if found.state in MOVES[name].sources]


def _search(request: HttpRequest) -> Search:
    given = request.GET
    task = given.get("task", "").strip()
    return Search(
        text=given.get("q", "").strip().replace("\0", ""),
        queue=given.get("queue", ""),
        state=given.get("state", ""),
        tasks=full_names(task) if task else (),
        tag=given.get("tag", "").strip(),
        correlation=given.get("correlation", "").strip(),
        before=_cursor(given.get("before", "")),
    )


def _cursor(text: str) -> int | None:
    return min(int(text), 2**63 - 1) if text.isascii() and text.isdigit() else None


def _query(request: HttpRequest) -> str:
    """The filters without the cursor, for the link to the next page."""
    kept = request.GET.copy()
    kept.pop("before", None)
    return kept.urlencode()
