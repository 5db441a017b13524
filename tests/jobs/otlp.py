"""A receiver of traces over OTLP/HTTP (https://opentelemetry.io/docs/specs/otlp/#otlphttp), in this process."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from jobs import trace_sdk, tracing


@dataclass(frozen=True)
class Span:
    """A span as it was received."""

    name: str
    kind: str
    trace: str
    id: str
    parent: str
    links: tuple[str, ...]
    attributes: dict[str, Any]
    error: str
    exceptions: tuple[str, ...]


class Receiver(ThreadingHTTPServer):
    """Keeps every span that it is sent; refuses with another `status`."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status = 200
        self.batches = 0
        self.spans: list[Span] = []
        self.services: set[str] = set()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        """Its address, for OTEL_EXPORTER_OTLP_ENDPOINT."""
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            import gzip

            body = gzip.decompress(body)
        assert self.path == "/v1/traces"
        self.server.batches += 1
        if self.server.status == 200:
            self._keep(body)
        self.send_response(self.server.status)
        self.send_header("Content-Type", "application/x-protobuf")
        self.end_headers()
        self.wfile.write(ExportTraceServiceResponse().SerializeToString())

    def _keep(self, body: bytes) -> None:
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            self.server.services.add(str(_attributes(resource.resource.attributes)["service.name"]))
            for scope in resource.scope_spans:
                self.server.spans += [_span(span) for span in scope.spans]

    def log_message(self, *_: Any) -> None:
        """Nothing."""


def _span(span: Any) -> Span:
    kinds = {1: "internal", 2: "server", 3: "client", 4: "producer", 5: "consumer"}
    return Span(
        span.name, kinds[span.kind], span.trace_id.hex(), span.span_id.hex(), span.parent_span_id.hex(),
        tuple(link.span_id.hex() for link in span.links), _attributes(span.attributes), span.status.message,
        tuple(str(_attributes(event.attributes)["exception.type"]) for event in span.events),
    )  # fmt: skip


def _attributes(found: Any) -> dict[str, Any]:
    return {each.key: getattr(each.value, each.value.WhichOneof("value")) for each in found}


@pytest.fixture
def received(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """Tracing switched on, to a receiver of its own."""
    receiver = Receiver()
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.address)
    monkeypatch.setattr(tracing, "on", True)
    trace_sdk.sdk.cache_clear()
    yield receiver
    tracing.flush()
    trace_sdk.sdk.cache_clear()
    receiver.shutdown()
    receiver.server_close()
