"""Who acts in a request: every entry that it leaves in the audit trail names its user or token."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from jobs.audit import acting
from jobs.http.chain import Answer, Middleware

_ANONYMOUS = "somebody who is not signed in"


class Acting(Middleware):
    """Middleware, for sync and async chains; behind Django's authentication."""

    def __call__(self, request: HttpRequest) -> Answer:
        """The response of a request whose acts are its user's."""
        if self._is_async:
            return self._later(request)
        with acting(lambda: actor_of(request)):
            return self._get_response(request)

    async def _later(self, request: HttpRequest) -> HttpResponseBase:
        with acting(lambda: actor_of(request)):
            response = self._get_response(request)
            return response if isinstance(response, HttpResponseBase) else await response


def actor_of(request: HttpRequest) -> str:
    """The token that the request came with, or the user of its session; known once it was signed in."""
    by_token: str | None = getattr(request, "actor", None)
    if by_token:
        return by_token
    user = getattr(request, "user", None)
    return user.get_username() if user and user.is_authenticated else _ANONYMOUS
