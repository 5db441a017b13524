"""Errors as RFC 9457 problem details.

`type` is stable, `detail` is a sentence, `fields` names what is wrong, field by field.
"""

import json
import logging
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError

from jobs.errors import IllegalMove, NotFound, PayloadTooLarge, Refused, Unavailable, UnknownName
from jobs.fence.connection import REDIS_ERRORS

logger = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"
_TITLES = {
    400: ("bad-request", "The request makes no sense"),
    401: ("not-signed-in", "Sign in first"),
    403: ("forbidden", "This is not permitted"),
    404: ("not-found", "There is no such thing"),
    405: ("method-not-allowed", "This method is not offered here"),
    409: ("conflict", "This does not fit the present state"),
    413: ("too-large", "The request is too large"),
    415: ("not-json", "Only JSON is understood"),
    422: ("invalid", "Some fields are wrong"),
    429: ("too-many-requests", "Slow down"),
    500: ("internal", "Something went wrong here"),
    503: ("unavailable", "A service that this needs does not answer"),
}


class Problem(Exception):
    """An answer that is an error. `kind` and `title` default to those of the status."""

    def __init__(
        self,
        status: int,
        detail: str,
        fields: Mapping[str, str] | None = None,
        *,
        kind: str = "",
        retry_after: int = 0,
        **more: Any,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.fields = dict(fields or {})
        self.kind = kind
        self.retry_after = retry_after  # seconds
        self.more = more  # further members of the document


def respond(problem: Problem) -> HttpResponse:
    """The problem as a response."""
    return HttpResponse(
        body(problem), status=problem.status, content_type=CONTENT_TYPE, headers=_headers(problem)
    )


def body(problem: Problem) -> bytes:
    """The problem as a JSON document."""
    kind, title = _TITLES.get(problem.status, (f"http-{problem.status}", "The request failed"))
    document = {
        "type": f"/problems/{problem.kind or kind}",
        "title": title,
        "status": problem.status,
        "detail": problem.detail,
    }
    if problem.fields:
        document["fields"] = problem.fields
    return json.dumps(document | problem.more).encode()


def of_error(error: Exception) -> Problem:
    """What is told about an error. Anything unforeseen is a 500 that gives nothing away."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, Refused):
        return Problem(_status_of(error), str(error), error.fields, kind=error.kind)
    if isinstance(error, ValidationError):
        fields = {_place(fault["loc"]): str(fault["msg"]) for fault in error.errors}
        listed = "; ".join(f"{place}: {message}" for place, message in fields.items())
        return Problem(422, listed, fields)
    if isinstance(error, HttpError):
        return _of_http_error(error)
    for kind, status in _STATUSES:
        if isinstance(error, kind):
            return Problem(status, str(error) if status < 500 else _AWAY)
    return Problem(500, "The error was logged; nobody but the operators can help with it.")


def add_handlers(api: NinjaAPI) -> None:
    """Answer every error of the API with problem details."""

    def handle(request: HttpRequest, error: Any) -> HttpResponse:
        problem = of_error(error)
        if problem.status == 500:
            logger.error("%s %s failed", request.method, request.path, exc_info=error)
        if problem.status == 503:
            logger.warning("%s %s has to wait: %s", request.method, request.path, error)
        return respond(problem)

    for kind in (Exception, Http404, HttpError, ValidationError):
        api.add_exception_handler(kind, handle)


def _of_http_error(error: HttpError) -> Problem:
    if isinstance(error.__cause__, Problem):  # a body that our parser refused
        return error.__cause__
    if isinstance(error, AuthenticationError):
        return Problem(401, "Send `Authorization: Bearer mr_...`, or sign in on the site.")
    if isinstance(error, Throttled):
        return Problem(429, "Too many requests; see Retry-After.")
    return Problem(error.status_code, str(error))


def _status_of(error: Refused) -> int:
    if isinstance(error, PayloadTooLarge):
        return 413
    return 404 if isinstance(error, UnknownName) else 422


def _headers(problem: Problem) -> dict[str, str]:
    if problem.retry_after:
        return {"Retry-After": str(problem.retry_after)}
    return {"WWW-Authenticate": 'Bearer realm="millrace"'} if problem.status == 401 else {}


def _place(location: tuple[int | str, ...]) -> str:
    """Where a fault is, without the name of the view's parameter: `body.request.tags.0` is `tags.0`."""
    parts = [str(part) for part in location]
    known = {"body": 2, "query": 1, "path": 1}.get(parts[0], 0)
    return ".".join(parts[min(known, len(parts) - 1) :])


_AWAY = "A service that this needs does not answer; try again in a moment."
_STATUSES: tuple[tuple[type[Exception] | tuple[type[Exception], ...], int], ...] = (
    ((NotFound, Http404), 404),
    (IllegalMove, 409),
    (RequestDataTooBig, 413),
    ((Unavailable, OperationalError, InterfaceError, *REDIS_ERRORS), 503),
)
