"""OpenTelemetry: one trace from the enqueue through the row and the message to every run.

On when `OTEL_EXPORTER_OTLP_ENDPOINT` is set; the other variables of OpenTelemetry hold as well
(https://opentelemetry.io/docs/specs/otel/protocol/exporter/). Off, nothing is imported and nothing is done; on,
`jobs.spans` does it.

A request to the site is a server span, below that of its caller when the caller sends one. A call is a producer
span, a run a consumer span below it; retries are more runs below the same one. What a run enqueues is below that
run, so a flow is one trace. The context travels as W3C `traceparent` in the job's row and as a header of its
message, and with it the decision whether the trace is sampled.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.http import HttpRequest

    from jobs.worker.context import Run

HEADERS = ("traceparent", "tracestate")
_NAMES = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
_SAMPLERS = ("parentbased_always_on", "parentbased_always_off", "parentbased_traceidratio",
             "always_on", "always_off", "traceidratio")  # fmt: skip
_NOTHING: AbstractContextManager[dict[str, str]] = nullcontext({})
_PROBES = ("/healthz", "/readyz", "/metrics")  # asked for all the time; nobody looks for their traces

on = False  # one look, so that it costs nothing when off


def load() -> None:
    """Look whether traces are wanted, and import what spans need: when a process starts, not within its first
    request or job. The settings have read `.env` by then."""
    global on  # noqa: PLW0603 -- what it is for
    disabled = os.environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true"
    on = not disabled and any(os.environ.get(name) for name in _NAMES)
    if on:
        from jobs import spans  # noqa: F401 -- what takes long


def faults() -> Iterator[str]:
    """A sentence per variable that OpenTelemetry would not understand: it would sample every trace instead."""
    sampler = os.environ.get("OTEL_TRACES_SAMPLER", "").strip().lower()
    if not on or not sampler:
        return
    if sampler not in _SAMPLERS:
        yield f"OTEL_TRACES_SAMPLER: {sampler!r} is none of {', '.join(_SAMPLERS)}"
    elif sampler.endswith("traceidratio"):
        given = os.environ.get("OTEL_TRACES_SAMPLER_ARG", "")
        if not _is_share(given):
            yield f"OTEL_TRACES_SAMPLER_ARG: {sampler} needs a share from 0 to 1, not {given!r}"


def serving(request: "HttpRequest") -> AbstractContextManager[Any]:
    """A server span around a request; gives what `served` is to be told of."""
    if not on or request.path in _PROBES:
        return _NOTHING
    from jobs.spans import serving

    return serving(request)


def served(span: Any, request: "HttpRequest", status: int) -> None:
    """The request was answered: its span gets the address's pattern and the answer's status."""
    if span:
        from jobs.spans import served

        served(span, request, status)


def enqueuing(
    task: str, options: Mapping[str, Any], count: int = 1
) -> AbstractContextManager[Mapping[str, str]]:
    """A producer span around a call; gives the headers that the job is to carry, none when off."""
    if not on:
        return _NOTHING
    from jobs.spans import Enqueuing

    return Enqueuing(task, options, count)


def carried(options: Mapping[str, Any], headers: Mapping[str, str]) -> Mapping[str, Any]:
    """The options of a call with the trace in its headers."""
    given = options.get("headers") or {}
    if not headers or not isinstance(given, Mapping):  # what is no mapping is refused with the call
        return options
    return {**options, "headers": {**given, **headers}}


def running(run: "Run", request: Any) -> AbstractContextManager[Any]:
    """A consumer span around a run."""
    if not on:
        return _NOTHING
    from jobs.spans import Running

    return Running(run, request)


def continued(headers: Mapping[str, Any] | None) -> AbstractContextManager[Any]:
    """While what follows a job is enqueued: it belongs to the job's trace."""
    if not on or not headers:
        return _NOTHING
    from jobs.spans import continued

    return continued(headers)


def trace_id() -> str:
    """The current trace's id as hexadecimal text; empty without one."""
    if not on:
        return ""
    from jobs.spans import trace_id

    return trace_id()


def named_in(headers: Mapping[str, Any]) -> str:
    """The id of the trace that a job's headers name; empty without one."""
    parent = headers.get("traceparent")
    return parent[3:35] if isinstance(parent, str) else ""


def flush() -> None:
    """Send what has ended, before this process ends."""
    if on:
        from jobs.trace_sdk import sdk

        sdk(os.getpid()).flush()


def names_of(headers: Mapping[str, Any]) -> Sequence[str]:
    """Which of a job's headers are not the trace's."""
    return [name for name in headers if name not in HEADERS]


def _is_share(text: str) -> bool:
    try:
        return 0 <= float(text) <= 1
    except ValueError:
        return False
