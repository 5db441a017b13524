"""/healthz: the process lives. /readyz: everything that a job needs is there."""

from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, JsonResponse

from jobs.access import may_view
from jobs.configuration import queue_book
from jobs.http.auth import Token
from jobs.http.problems import Problem
from jobs.queries.presence import presence


def healthz(request: HttpRequest) -> JsonResponse:
    """200 as long as the process answers."""
    return JsonResponse({"status": "alive"})


def readyz(request: HttpRequest) -> JsonResponse:
    """200 when database, Redis, a dispatcher and a worker for every queue are there, else 503.

    What is missing is told to those who are signed in; to all others only whether something is.
    """
    missing = _missing()
    answer: dict[str, object] = {"status": "unready" if missing else "ready"}
    if "database" not in missing and signed_in(request):
        answer["missing"] = missing
    return JsonResponse(answer, status=503 if missing else 200)


def _missing() -> list[str]:
    names = queue_book().names
    present = presence(names)
    missing = [] if _database_answers() else ["database"]
    if not present.reachable:
        return [*missing, "redis"]
    missing += [f"a dispatcher for {name}" for name in names if name not in present.led]
    return missing + [f"a worker for {name}" for name in names if not present.slots(name)]


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, InterfaceError):
        return False
    return True


def signed_in(request: HttpRequest) -> bool:
    """Whether the request has a session or a token that may look."""
    try:
        return may_view(request.user) or bool(Token()(request))
    except Problem:
        return False
