"""The spans of `jobs.tracing`. Imported only while traces are on.

A trace that is not sampled costs no spans: its context is carried on as it is, which takes a few microseconds. What
is sampled goes through OpenTelemetry's SDK, by its shortest way: the context is attached without its generators.
"""

import hashlib
import os
import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Any

from celery.exceptions import Ignore, Reject, Retry
from opentelemetry import context, propagate, trace
from opentelemetry.trace import SpanKind, Status, StatusCode

from jobs.trace_sdk import sdk, wanted
from jobs.tracing import HEADERS
from jobs.w3c import parsed, written

if TYPE_CHECKING:
    from django.http import HttpRequest

    from jobs.worker.context import Run


@contextmanager
def serving(request: "HttpRequest") -> Iterator[trace.Span]:
    """A server span around a request."""
    attributes = {
        "http.request.method": str(request.method),
        "url.path": request.path,
        "url.scheme": request.scheme or "http",
    }
    with sdk(os.getpid()).tracer.start_as_current_span(
        str(request.method),
        context=propagate.extract({name: request.headers.get(name, "") for name in HEADERS}),
        kind=SpanKind.SERVER,
        attributes=attributes,
    ) as span:
        yield span


def served(span: trace.Span, request: "HttpRequest", status: int) -> None:
    """The address's pattern and the answer's status."""
    found = request.resolver_match
    if found is not None and found.route:
        span.update_name(f"{request.method} /{found.route}")
        span.set_attribute("http.route", f"/{found.route}")
    span.set_attribute("http.response.status_code", status)
    if status >= 500:
        span.set_status(Status(StatusCode.ERROR))


class Enqueuing:
    """A producer span around a call; gives the headers that the job is to carry."""

    def __init__(self, task: str, options: Mapping[str, Any], count: int) -> None:
        self._task, self._options, self._count = task, options, count
        self._span: trace.Span | None = None

    def __enter__(self) -> Mapping[str, str]:
        used, above = sdk(os.getpid()), trace.get_current_span().get_span_context()
        if not above.is_valid:
            trace_id = self._root_id()
            if not used.samples(trace_id):
                return written(trace.SpanContext(trace_id, _span_id(), is_remote=False))
            wanted.trace_id = trace_id
        elif used.drops(above):
            return written(above)
        self._span = used.tracer.start_span(
            f"enqueue {_short(self._task)}", kind=SpanKind.PRODUCER, attributes=self._described()
        )
        self._token = context.attach(trace.set_span_in_context(self._span))
        return written(self._span.get_span_context())

    def __exit__(
        self, _: type[BaseException] | None, error: BaseException | None, __: TracebackType | None
    ) -> None:
        wanted.trace_id = None
        if self._span is not None:
            context.detach(self._token)
            if isinstance(error, Exception):
                _blame(self._span, error)
            self._span.end()

    def _root_id(self) -> int:
        options = self._options
        shared = options.get("correlation_id") or options.get("group_id") or options.get("root_id")
        if not shared:
            return random.getrandbits(128)
        return int.from_bytes(hashlib.sha256(str(shared).encode()).digest()[:16])

    def _described(self) -> dict[str, str | int]:
        told: dict[str, str | int] = {
            "messaging.system": "millrace",
            "messaging.operation.type": "send",
            "millrace.task": self._task,
        }
        return told | {"messaging.batch.message_count": self._count} if self._count > 1 else told


class Running:
    """A consumer span around a run, below the producer span that its message names, and linked to it."""

    def __init__(self, run: "Run", request: Any) -> None:
        self._run, self._request = run, request

    def __enter__(self) -> None:
        used, sent = sdk(os.getpid()), parsed(self._request.get)
        if sent is not None and used.drops(sent):
            self._span: trace.Span = trace.NonRecordingSpan(sent)
        else:
            self._span = used.tracer.start_span(
                f"run {_short(self._run.task.name)}",
                context=_below(sent),
                kind=SpanKind.CONSUMER,
                links=[trace.Link(sent)] if sent else [],
                attributes=self._described(),
            )
        self._run.trace_id = (
            f"{self._span.get_span_context().trace_id:032x}"  # its end is told outside of the span
        )
        self._token = context.attach(trace.set_span_in_context(self._span))

    def __exit__(
        self, _: type[BaseException] | None, error: BaseException | None, __: TracebackType | None
    ) -> None:
        context.detach(self._token)
        if self._span.is_recording():
            if error is None or isinstance(error, Exception):
                self._end(error)
            self._span.end()

    def _end(self, error: Exception | None) -> None:
        if error is None:
            outcome, cause = "completed", None
        elif isinstance(error, Retry):
            outcome, cause = "retried", error.exc
        elif isinstance(error, (Ignore, Reject)):
            outcome, cause = "ignored", None
        else:
            outcome, cause = "failed", error
        self._span.set_attribute("millrace.outcome", outcome)
        if isinstance(cause, Exception):
            _blame(self._span, cause)

    def _described(self) -> dict[str, str | int]:
        run, lease = self._run, self._run.lease
        told: dict[str, str | int] = {
            "messaging.system": "millrace",
            "messaging.operation.type": "process",
            "messaging.destination.name": lease.queue,
            "messaging.message.id": lease.uid,
            "millrace.task": run.task.name,
            "millrace.run": lease.run,
            "millrace.attempt": run.tally.attempt,
        }
        if run.correlation_id == lease.uid:
            return told
        return told | {"messaging.message.conversation_id": run.correlation_id}


@contextmanager
def continued(headers: Mapping[str, Any]) -> Iterator[None]:
    """What is enqueued meanwhile is below the span that these headers name."""
    token = context.attach(_below(parsed(headers.get)))
    try:
        yield
    finally:
        context.detach(token)


def trace_id() -> str:
    """The current trace's id as hexadecimal text; empty without one."""
    found = trace.get_current_span().get_span_context()
    return f"{found.trace_id:032x}" if found.is_valid else ""


def _below(sent: trace.SpanContext | None) -> context.Context:
    empty = context.Context()
    return empty if sent is None else trace.set_span_in_context(trace.NonRecordingSpan(sent), empty)


def _blame(span: trace.Span, error: Exception) -> None:
    span.record_exception(error)
    span.set_status(Status(StatusCode.ERROR, f"{type(error).__name__}: {error}"[:500]))


def _span_id() -> int:
    return random.getrandbits(64) or 1


def _short(task: str) -> str:
    return task.rpartition(".")[2]
