"""The content security policy of every answer."""

from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

HEADER = "Content-Security-Policy"

PAGES = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "media-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# The admin's theme brings Alpine, which compiles expressions, and inline scripts and styles.
ADMIN = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:; object-src 'none'; base-uri 'self'; frame-ancestors 'none'"
)


Answer = HttpResponseBase | Awaitable[HttpResponseBase]


class ContentSecurityPolicy:
    """Middleware, for sync and async chains. A view that sets the header itself keeps its own policy."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Answer]) -> None:
        self._get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Answer:
        """The answer with the policy that fits its address."""
        response = self._get_response(request)
        if isinstance(response, HttpResponseBase):
            return _guarded(request, response)
        return self._later(request, response)

    async def _later(self, request: HttpRequest, response: Awaitable[HttpResponseBase]) -> HttpResponseBase:
        return _guarded(request, await response)


def _guarded(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    explained = settings.DEBUG and response.status_code in {404, 500}  # Django's own pages for developers
    policy = ADMIN if explained or request.path.startswith("/admin/") else PAGES
    response.headers.setdefault(HEADER, policy)
    return response
