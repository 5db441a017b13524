"""POST with an `Idempotency-Key`: done once; the same request again is given the answer of the first.

The answer is kept for a day, in the same transaction as what the request did, so a crash leaves both or
neither. A second request waits for the first one that is under way. Only success is kept: after a refusal
the key is free. See https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/.
"""

import hashlib
import re
from collections.abc import Callable
from typing import Any

from asgiref.sync import async_to_sync, sync_to_async
from django.db import OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from jobs.access import may_view
from jobs.http.auth import Token
from jobs.http.chain import Answer, Middleware
from jobs.http.problems import Problem, of_error, respond
from jobs.models import AnsweredRequest
from jobs.store.answered_requests import KEPT

REPLAYED = "Idempotent-Replayed"
_HEADER = "Idempotency-Key"
_LONGEST = 255
IDEMPOTENCY_KEY = {  # as OpenAPI documents it
    "in": "header",
    "name": _HEADER,
    "required": False,
    "description": "The same request with the same key is done once, and answered the same for a day.",
    "schema": {"type": "string", "minLength": 1, "maxLength": _LONGEST, "pattern": "^[!-~]+$"},
    "example": "order-17",
}
_PATIENCE = "10s"  # how long a request waits for one with the same key
_KEPT_HEADERS = ("Content-Type", "Location")


class IdempotencyKeys(Middleware):
    """Middleware, for sync and async chains; behind Django's authentication."""

    def __call__(self, request: HttpRequest) -> Answer:
        """The answer, or the one that the key's first request got."""
        if request.method != "POST" or _HEADER not in request.headers or not request.path.startswith("/api/"):
            return self._get_response(request)
        if self._is_async:
            return sync_to_async(_answer)(request, async_to_sync(self._get_response))  # type: ignore[arg-type]  # async here
        return _answer(request, self._get_response)


def _answer(request: HttpRequest, handle: Callable[[HttpRequest], Any]) -> HttpResponseBase:
    try:
        key, user = _key_of(request), _user_of(request)
        if user is None:
            return handle(request)  # type: ignore[no-any-return]  # it says what is missing
        return _kept(request, handle, user, key)
    except _NotKept as refused:
        return refused.response
    except Exception as error:
        problem = of_error(error)
        if problem.status == 500:
            raise
        return respond(problem)


def _kept(
    request: HttpRequest, handle: Callable[[HttpRequest], Any], user: Any, key: str
) -> HttpResponseBase:
    answered = False
    try:
        with transaction.atomic():
            response = _first_or_replayed(request, handle, user, key)
            answered = True
    except Exception:
        if answered:  # what follows the commit failed: a pause that Redis has not heard of, say
            AnsweredRequest.objects.filter(user=user, key=key).delete()
        raise
    return response


class _NotKept(Exception):
    """Undoes the transaction of a request that was refused."""

    def __init__(self, response: HttpResponseBase) -> None:
        super().__init__()
        self.response = response


def _first_or_replayed(
    request: HttpRequest, handle: Callable[[HttpRequest], Any], user: Any, key: str
) -> HttpResponseBase:
    row = _claimed(user, key, _digest(request))
    if row.status is not None:
        return _replayed(row, _digest(request))
    response = handle(request)
    if response.status_code >= 300 or response.streaming:
        raise _NotKept(response)
    row.status, row.body = response.status_code, response.content
    row.headers = {name: response[name] for name in _KEPT_HEADERS if name in response}
    row.save(update_fields=["status", "body", "headers"])
    return response  # type: ignore[no-any-return]  # see above


def _claimed(user: Any, key: str, digest: str) -> AnsweredRequest:
    """The row of the key: a new one, or that of a request which is answered by now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [_PATIENCE])
    AnsweredRequest.objects.filter(user=user, key=key, at__lt=timezone.now() - KEPT).delete()
    try:
        row, _ = AnsweredRequest.objects.get_or_create(user=user, key=key, defaults={"request": digest})
    except OperationalError as error:
        if "lock timeout" not in str(error):
            raise
        raise Problem(409, "The first request with this key is still under way.", kind="key-in-use") from None
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', '0', true)")
    return row


def _replayed(row: AnsweredRequest, digest: str) -> HttpResponse:
    if row.request != digest:
        detail = f"The {_HEADER} {row.key!r} was used for another request."
        raise Problem(422, detail, {_HEADER: "take a new key for a new request"}, kind="key-reused")
    return HttpResponse(bytes(row.body), status=row.status, headers={**row.headers, REPLAYED: "true"})


def _digest(request: HttpRequest) -> str:
    parts = (request.method or "", request.get_full_path(), hashlib.sha256(request.body).hexdigest())
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _key_of(request: HttpRequest) -> str:
    key = request.headers[_HEADER]
    if not re.fullmatch(r"[!-~]{1,255}", key):
        told = f"must have 1 to {_LONGEST} printable ASCII characters, none of them a blank"
        raise Problem(400, f"{_HEADER} {told}.", {_HEADER: told}, kind="bad-key")
    return key


def _user_of(request: HttpRequest) -> Any:
    """Who signed in, as the API itself decides: a token first."""
    by_token = Token()(request)
    return by_token or (request.user if may_view(request.user) else None)
