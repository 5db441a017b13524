"""W3C trace context (https://www.w3.org/TR/trace-context/) of a job's headers; imported only while traces are on.

OpenTelemetry's propagators do the same for any carrier, and take as long as half a span.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from opentelemetry.trace import SpanContext, TraceFlags
from opentelemetry.trace.span import TraceState

# A later version may go on behind another dash; version ff is none.
_PARENT = re.compile(r"(00(?!.{54})|(?!00|ff)[0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")


def parsed(header: Callable[[str], Any]) -> SpanContext | None:
    """The span that `traceparent` names; None without one, or when it is none."""
    text = header("traceparent")
    found = _PARENT.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        return None
    state = header("tracestate")
    span = SpanContext(
        int(found[2], 16),
        int(found[3], 16),
        is_remote=True,
        trace_flags=TraceFlags(int(found[4], 16)),
        trace_state=TraceState.from_header([str(state)]) if state else None,
    )
    return span if span.is_valid else None


def written(span: SpanContext) -> Mapping[str, str]:
    """Its headers."""
    told = {"traceparent": f"00-{span.trace_id:032x}-{span.span_id:016x}-{span.trace_flags:02x}"}
    return {**told, "tracestate": span.trace_state.to_header()} if span.trace_state else told
