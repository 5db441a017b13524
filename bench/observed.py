"""What watching costs: the same jobs with monitoring taken out, as the product comes, and with traces as well.

One trace in ten, and every one. What one call enqueues is sampled or not as a whole: so that a tenth of the jobs is,
their bulk is enqueued in many calls.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from bench.systems import SYSTEMS, System

_CALL = 20  # jobs enqueued by one call


class Collector(ThreadingHTTPServer):
    """Takes traces over OTLP/HTTP and throws them away."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def address(self) -> str:
        """For OTEL_EXPORTER_OTLP_ENDPOINT."""
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@contextmanager
def observed() -> Iterator[tuple[System, ...]]:
    """The systems to compare; a collector runs meanwhile, in this process."""
    server = Collector()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield tuple(_four_of(server.address))
    finally:
        server.shutdown()
        server.server_close()


def _four_of(collector: str) -> Iterator[System]:
    traced = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector}
    sampled = {"OTEL_TRACES_SAMPLER": "parentbased_traceidratio", "OTEL_TRACES_SAMPLER_ARG": "0.1"}
    for system in SYSTEMS:
        if system.name.startswith("millrace"):
            yield _as(system, "nothing is counted", {"BENCH_MONITORING": "0"})
            yield _as(system, "as it comes", {})
            yield _as(system, "one trace in ten", traced | sampled)
            yield _as(system, "every trace", traced)


def _as(system: System, words: str, environment: dict[str, str]) -> System:
    return replace(
        system,
        name=f"{system.name}: {words}",
        environment={**system.environment, "BENCH_CALL": str(_CALL), **environment},
    )
