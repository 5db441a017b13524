"""`/flower/`: Flower behind the site's own login. Operators look; administrators also use its controls.

Flower itself wants a password that only the site knows, and compares `Origin` with `Host` for what changes
something; both are handed on as they came.
"""

import httpx2
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.request import HttpHeaders
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt

from jobs import audit
from jobs.access import may_administer, may_operate, may_view
from jobs.pages.security import HEADER

_SAFE = {"GET", "HEAD"}
_TO_FLOWER = (
    "Accept",
    "Content-Type",
    "Host",
    "If-None-Match",
    "Origin",
    "Sec-Fetch-Site",
    "X-Requested-With",
)
_TO_BROWSER = ("cache-control", "content-type", "etag", "last-modified", "location")
_SECONDS = 15.0
# Flower's page of workers has a script of its own in it.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)


@csrf_exempt  # Flower's scripts know nothing of Django's token; see _is_from_here
def flower(request: HttpRequest, path: str = "") -> HttpResponse:
    """Whatever Flower answers."""
    if not may_view(request.user):
        return redirect_to_login(request.get_full_path())
    _check(request)
    if request.method not in _SAFE:
        audit.record("use flower", request.path)
    try:
        answer = _asked(request)
    except httpx2.TransportError:
        return render(request, "jobs/flower_away.html", status=503)
    kept = {name: answer.headers[name] for name in _TO_BROWSER if name in answer.headers}
    return HttpResponse(answer.content, status=answer.status_code, headers=kept | {HEADER: _POLICY})


def _check(request: HttpRequest) -> None:
    if request.method in _SAFE:
        allowed = may_operate(request.user)
    else:
        allowed = may_administer(request.user) and _is_from_here(request.headers, request.get_host())
    if not allowed:
        raise PermissionDenied


def _is_from_here(headers: HttpHeaders, host: str) -> bool:
    """Whether a page of this site sent it: browsers say so, and scripts of other sites cannot."""
    site = headers.get("Sec-Fetch-Site")
    if site:
        return site == "same-origin"
    return headers.get("Origin", "").partition("://")[2] == host


def _asked(request: HttpRequest) -> httpx2.Response:
    headers = {name: request.headers[name] for name in _TO_FLOWER if name in request.headers}
    return httpx2.request(
        request.method or "GET",
        settings.FLOWER_URL + request.get_full_path(),
        headers=headers,
        content=request.body,
        auth=(settings.FLOWER_USER, settings.FLOWER_PASSWORD),
        timeout=_SECONDS,
        follow_redirects=False,
    )
