"""What is logged during a request says which one: its id, method and path, and its trace while tracing is on.

The id is the caller's `X-Request-ID` when it sends one, and is sent back.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.signals import request_finished
from django.dispatch import receiver
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from structlog.contextvars import bind_contextvars, clear_contextvars

from jobs import tracing
from jobs.http.chain import Answer, Middleware
from jobs.ids import new_id

_HEADER = "X-Request-ID"
_LONGEST = 100


class RequestLines(Middleware):
    """Middleware, for sync and async chains."""

    def __call__(self, request: HttpRequest) -> Answer:
        """The answer, with the request's id."""
        if self._is_async:
            return self._later(request)
        uid = _bind(request)
        with _traced(request) as span:
            response = self._get_response(request)
            if isinstance(response, HttpResponseBase):
                response.headers[_HEADER] = uid
                tracing.served(span, request, response.status_code)
        return response

    async def _later(self, request: HttpRequest) -> HttpResponseBase:
        uid = _bind(request)
        with _traced(request) as span:
            response = self._get_response(request)
            answer = response if isinstance(response, HttpResponseBase) else await response
            answer.headers[_HEADER] = uid
            tracing.served(span, request, answer.status_code)
        return answer


def _bind(request: HttpRequest) -> str:
    uid = _given(request.headers.get(_HEADER, "")) or new_id()
    bind_contextvars(request_id=uid, method=request.method, path=request.path)
    return uid


@contextmanager
def _traced(request: HttpRequest) -> Iterator[Any]:
    """A server span; its trace is named after it too: Django logs an answer's status behind all middleware."""
    with tracing.serving(request) as span:
        if trace := tracing.trace_id():
            bind_contextvars(trace_id=trace)
        yield span


def _given(text: str) -> str:
    """The caller's id, unless it is none that one would want in a log."""
    return text if len(text) <= _LONGEST and text.isascii() and text.isprintable() else ""


@receiver(request_finished, dispatch_uid="jobs.http.request_lines")
def _forget(**_: Any) -> None:
    """Not before: see `_traced`."""
    clear_contextvars()
