"""Signing in to the API: a bearer token, or the site's session with its CSRF token."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from ninja.security import HttpBearer, SessionAuth

from jobs.access import live_token, may_administer, may_operate, may_view, queues_of_tasks
from jobs.guessing import WINDOW, guessed_too_often, note_wrong_guess
from jobs.http.problems import Problem, respond


class Token(HttpBearer):
    """`Authorization: Bearer mr_...`."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """The token's user. 401 for a token that is unknown or revoked, whatever the session says.

        429 after too many of those from one address: an address may be that of a proxy, so right ones still pass.
        """
        found = live_token(token)
        if found is None:
            raise _wrong_token(str(request.META.get("REMOTE_ADDR", "")))
        request.actor = f"{found.user.get_username()} (token {found.name})"  # type: ignore[attr-defined]  # for jobs.http.acting
        return found.user


def _wrong_token(address: str) -> Problem:
    """Count it; what to answer."""
    door = f"token:{address}"
    if guessed_too_often(door, settings.WRONG_TOKENS_PER_MINUTE):
        detail = "Too many wrong tokens came from this address; see Retry-After."
        return Problem(429, detail, retry_after=WINDOW)
    note_wrong_guess(door)
    return Problem(401, "This token is unknown or was revoked.", kind="bad-token")


class Session(SessionAuth):
    """The site's session cookie; unsafe methods need X-CSRFToken."""

    def __call__(self, request: HttpRequest) -> Any:
        """The session's user, or None; who is not signed in hears that, not something about CSRF."""
        return super().__call__(request) if may_view(request.user) else None

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        """The CSRF check has passed."""
        return request.user


SIGNED_IN = [Token(), Session()]


def user_of(request: HttpRequest) -> Any:
    """Who makes this request; set by one of `SIGNED_IN`."""
    return request.auth  # type: ignore[attr-defined]  # set by ninja


def must_operate(request: HttpRequest, *queues: str) -> Any:
    """The user, who may change the jobs of these queues; of every queue, when none is named. 403 for all others."""
    user = user_of(request)
    if queues or not may_operate(user):
        refused = [queue for queue in dict.fromkeys(queues) if not may_operate(user, queue)]
        if refused or not queues:
            where = f" of {', '.join(refused)}" if refused else ""
            raise Problem(403, f"{user} may look at jobs, but not start or change those{where}.")
    return user


def must_start(request: HttpRequest, *tasks: Any) -> Any:
    """The user, who may change the jobs of every queue that these tasks go to. 403 for all others."""
    return must_operate(request, *queues_of_tasks(*tasks))


def must_administer(request: HttpRequest) -> Any:
    """The user, who is an administrator. 403 for all others."""
    user = user_of(request)
    if not may_administer(user):
        raise Problem(403, f"{user} is no administrator.")
    return user


def docs_for_signed_in(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The document and its page are for users too: programs get a 401, browsers the login page."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            if may_view(request.user) or Token()(request):
                return view(request, *args, **kwargs)
        except Problem as problem:
            return respond(problem)
        if request.path.endswith("/docs"):
            return redirect_to_login(request.get_full_path())
        return respond(Problem(401, "Send `Authorization: Bearer mr_...`, or sign in on the site."))

    return guarded
