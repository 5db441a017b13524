"""What watching costs: the same jobs with monitoring taken out, as the product comes, and with traces as well."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from bench.systems import SYSTEMS, System


class _Collector(BaseHTTPRequestHandler):
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
    """The systems to compare; a collector that throws traces away runs meanwhile, in this process."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Collector)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield tuple(_three_of(f"http://127.0.0.1:{server.server_port}"))
    finally:
        server.shutdown()
        server.server_close()


def _three_of(collector: str) -> Iterator[System]:
    for system in SYSTEMS:
        if system.name.startswith("millrace"):
            out, traced = {"BENCH_MONITORING": "0"}, {"OTEL_EXPORTER_OTLP_ENDPOINT": collector}
            yield _as(system, "nothing is counted", out)
            yield _as(system, "as it comes", {})
            yield _as(system, "with traces", traced)


def _as(system: System, words: str, environment: dict[str, str]) -> System:
    return replace(system, name=f"{system.name}: {words}", environment=dict(system.environment) | environment)
