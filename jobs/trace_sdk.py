"""OpenTelemetry's SDK as `jobs.spans` uses it: one provider a process. Imported only while traces are on."""

import atexit
import os
import threading
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExportResult
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.sdk.trace.sampling import Decision, ParentBased
from opentelemetry.trace import SpanKind

from jobs.worker.identity import assumed

_TIMEOUTS = ("OTEL_EXPORTER_OTLP_TIMEOUT", "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT")
_PATIENCE = 3.0  # seconds for a batch where none of these is set: a process that ends waits no longer


class _Wanted(threading.local):
    """The trace id of the next root span: calls that share a correlation id share their trace."""

    trace_id: int | None = None


wanted = _Wanted()


class _Ids(RandomIdGenerator):
    def generate_trace_id(self) -> int:
        chosen, wanted.trace_id = wanted.trace_id, None
        return chosen or super().generate_trace_id()


class _Resource(Resource):
    """Knows its hash: the exporter asks for it with every span, and the SDK's encodes JSON each time."""

    def __init__(self, made: Resource) -> None:
        super().__init__(made.attributes, made.schema_url)
        self._hash = hash(made)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return self is other or super().__eq__(other)


class Exporter(OTLPSpanExporter):
    """While its process ends (`hurried`), what follows a batch that a collector did not take is dropped."""

    hurried = False
    _failed = False

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send a batch."""
        if self.hurried and self._failed:
            return SpanExportResult.FAILURE
        answer = super().export(spans)
        self._failed = answer is not SpanExportResult.SUCCESS
        return answer

    def hurry(self) -> None:
        """From now on."""
        self.hurried = True


class Sdk(NamedTuple):
    """The provider, and the one tracer of it: making one costs as much as a span.

    `parent_decides` whether a trace is sampled, once for all of its spans (`parentbased_...`, the default).
    """

    provider: TracerProvider
    tracer: trace.Tracer
    exporter: Exporter
    parent_decides: bool

    def drops(self, above: trace.SpanContext) -> bool:
        """Whether nothing below this span is sampled, as it is not itself."""
        return self.parent_decides and not above.trace_flags.sampled

    def samples(self, trace_id: int) -> bool:
        """Whether a trace that begins with this id is sampled."""
        asked = self.provider.sampler.should_sample(None, trace_id, "", SpanKind.PRODUCER)
        return asked.decision is Decision.RECORD_AND_SAMPLE

    def flush(self) -> None:
        """Send what has ended."""
        self.exporter.hurried = True
        try:
            self.provider.force_flush()
        finally:
            self.exporter.hurried = False


@cache
def sdk(pid: int) -> Sdk:
    """Those of this process: the exporter's thread and connection do not survive a fork."""
    described: dict[str, str | int] = {
        SERVICE_NAME: os.environ.get("OTEL_SERVICE_NAME", "millrace"),
        "process.pid": pid,
    }
    if worker := assumed():
        described["millrace.worker"] = worker
    provider = TracerProvider(resource=_Resource(Resource.create(described)), id_generator=_Ids())
    exporter = Exporter(timeout=None if any(map(os.environ.get, _TIMEOUTS)) else _PATIENCE)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    atexit.register(exporter.hurry)  # before the provider's own end, which was registered earlier
    return Sdk(provider, provider.get_tracer("millrace"), exporter, isinstance(provider.sampler, ParentBased))
