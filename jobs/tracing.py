"""OpenTelemetry: one trace from the enqueue through the row and the message to every run.

On when `OTEL_EXPORTER_OTLP_ENDPOINT` is set; the other variables of OpenTelemetry hold as well
(https://opentelemetry.io/docs/specs/otel/protocol/exporter/). Off, nothing is imported and nothing is done.

A request to the site is a server span, below that of its caller when the caller sends one. A call is a producer
span, a run a consumer span below it; retries are more runs below the same one. What a run enqueues is below that
run, so a flow is one trace. The context travels as W3C `traceparent` in the
job's row and as a header of its message.
"""

import hashlib
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from django.http import HttpRequest
    from opentelemetry.trace import Tracer

    from jobs.worker.context import Run

HEADERS = ("traceparent", "tracestate")
_NAMES = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
_NOTHING: AbstractContextManager[dict[str, str]] = nullcontext({})

_PROBES = ("/healthz", "/readyz", "/metrics")  # asked for all the time; nobody looks for their traces

on = any(os.environ.get(name) for name in _NAMES)  # one look, so that it costs nothing when off


class _Wanted(threading.local):
    """The trace id of the next root span: calls that share a correlation id share their trace."""

    trace_id: int | None = None


_wanted = _Wanted()


def load() -> None:
    """Import what spans need, when a process starts: not within its first request or job."""
    if on:
        from opentelemetry.exporter.otlp.proto.http import trace_exporter  # noqa: F401 -- what takes long


def serving(request: "HttpRequest") -> AbstractContextManager[Any]:
    """A server span around a request; gives what `served` is to be told of."""
    return _serving(request) if on and request.path not in _PROBES else _NOTHING


def served(span: Any, request: "HttpRequest", status: int) -> None:
    """The request was answered: its span gets the address's pattern and the answer's status."""
    if not span:
        return
    from opentelemetry.trace import Status, StatusCode

    found = request.resolver_match
    if found is not None and found.route:
        span.update_name(f"{request.method} /{found.route}")
        span.set_attribute("http.route", f"/{found.route}")
    span.set_attribute("http.response.status_code", status)
    if status >= 500:
        span.set_status(Status(StatusCode.ERROR))


def enqueuing(
    task: str, options: Mapping[str, Any], count: int = 1
) -> AbstractContextManager[dict[str, str]]:
    """A producer span around a call; gives the headers that the job is to carry, none when off."""
    return _enqueuing(task, options, count) if on else _NOTHING


def carried(options: Mapping[str, Any], headers: Mapping[str, str]) -> Mapping[str, Any]:
    """The options of a call with the trace in its headers."""
    return {**options, "headers": {**(options.get("headers") or {}), **headers}} if headers else options


def running(run: "Run", request: Any) -> AbstractContextManager[Any]:
    """A consumer span around a run."""
    return _running(run, request) if on else _NOTHING


def continued(headers: Mapping[str, Any] | None) -> AbstractContextManager[Any]:
    """While what follows a job is enqueued: it belongs to the job's trace."""
    return _continued(headers) if on and headers else _NOTHING


def trace_id() -> str:
    """The current trace's id as hexadecimal text; empty without one."""
    if not on:
        return ""
    from opentelemetry import trace

    found = trace.get_current_span().get_span_context()
    return f"{found.trace_id:032x}" if found.is_valid else ""


def flush() -> None:
    """Send what has ended, before this process ends."""
    if on:
        _sdk(os.getpid()).provider.force_flush()


@contextmanager
def _serving(request: "HttpRequest") -> Iterator[Any]:
    from opentelemetry import propagate, trace

    attributes = {
        "http.request.method": str(request.method),
        "url.path": request.path,
        "url.scheme": request.scheme or "http",
    }
    with _tracer().start_as_current_span(
        str(request.method),
        context=propagate.extract({name: request.headers.get(name, "") for name in HEADERS}),
        kind=trace.SpanKind.SERVER,
        attributes=attributes,
    ) as span:
        yield span


@contextmanager
def _enqueuing(task: str, options: Mapping[str, Any], count: int) -> Iterator[dict[str, str]]:
    from opentelemetry import propagate, trace

    shared = options.get("correlation_id") or options.get("group_id") or options.get("root_id")
    if shared and not trace.get_current_span().get_span_context().is_valid:
        _wanted.trace_id = int.from_bytes(hashlib.sha256(str(shared).encode()).digest()[:16])
    attributes = {"messaging.system": "millrace", "messaging.operation.type": "send", "millrace.task": task}
    if count > 1:
        attributes |= {"messaging.batch.message_count": str(count)}
    try:
        with _tracer().start_as_current_span(
            f"enqueue {_short(task)}", kind=trace.SpanKind.PRODUCER, attributes=attributes
        ):
            headers: dict[str, str] = {}
            propagate.inject(headers)
            yield headers
    finally:
        _wanted.trace_id = None


@contextmanager
def _running(run: "Run", request: Any) -> Iterator[None]:
    from celery.exceptions import Ignore, Reject, Retry
    from opentelemetry import propagate, trace

    parent = propagate.extract({name: request.get(name) or "" for name in HEADERS})
    sent = trace.get_current_span(parent).get_span_context()
    with _tracer().start_as_current_span(
        f"run {_short(run.task.name)}",
        context=parent,
        kind=trace.SpanKind.CONSUMER,
        links=[trace.Link(sent)] if sent.is_valid else [],
        attributes=_described(run),
        record_exception=False,
        set_status_on_exception=False,
    ) as span:
        run.trace_id = f"{span.get_span_context().trace_id:032x}"  # its end is told outside of the span
        try:
            yield
        except Retry as error:
            _end(span, "retried", error.exc)
            raise
        except (Ignore, Reject):
            _end(span, "ignored", None)
            raise
        except Exception as error:
            _end(span, "failed", error)
            raise
        _end(span, "completed", None)


def _end(span: Any, outcome: str, error: Any) -> None:
    from opentelemetry.trace import Status, StatusCode

    span.set_attribute("millrace.outcome", outcome)
    if isinstance(error, BaseException):
        span.record_exception(error)
        span.set_status(Status(StatusCode.ERROR, f"{type(error).__name__}: {error}"[:500]))


@contextmanager
def _continued(headers: Mapping[str, Any]) -> Iterator[None]:
    from opentelemetry import context, propagate

    token = context.attach(propagate.extract({name: str(headers.get(name) or "") for name in HEADERS}))
    try:
        yield
    finally:
        context.detach(token)


def _described(run: "Run") -> dict[str, str | int]:
    return {
        "messaging.system": "millrace",
        "messaging.operation.type": "process",
        "messaging.destination.name": run.lease.queue,
        "messaging.message.id": run.lease.uid,
        "messaging.message.conversation_id": run.correlation_id,
        "millrace.task": run.task.name,
        "millrace.run": run.lease.run,
        "millrace.attempt": run.tally.attempt,
        "millrace.worker": run.lease.worker,
    }


def _short(task: str) -> str:
    return task.rpartition(".")[2]


def _tracer() -> "Tracer":
    return _sdk(os.getpid()).tracer


class _Sdk(NamedTuple):
    """The provider, and the one tracer of it: making one costs as much as a span."""

    provider: Any  # the SDK is imported when on
    tracer: "Tracer"


@cache
def _sdk(pid: int) -> _Sdk:
    """Those of this process: the exporter's thread and connection do not survive a fork."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import SERVICE_NAME, Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from opentelemetry.sdk.trace.id_generator import RandomIdGenerator

    class Ids(RandomIdGenerator):
        def generate_trace_id(self) -> int:
            chosen, _wanted.trace_id = _wanted.trace_id, None
            return chosen or super().generate_trace_id()

    name = os.environ.get("OTEL_SERVICE_NAME", "millrace")
    resource = Resource.create({SERVICE_NAME: name, "process.pid": pid})
    provider = TracerProvider(resource=resource, id_generator=Ids())
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return _Sdk(provider, provider.get_tracer("millrace"))


def names_of(headers: Mapping[str, Any]) -> Sequence[str]:
    """Which of a job's headers are not the trace's."""
    return [name for name in headers if name not in HEADERS]
