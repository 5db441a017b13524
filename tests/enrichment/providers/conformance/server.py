"""A provider in this process that answers every request as it is told to."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread


@dataclass(frozen=True)
class Reply:
    """An answer; `hangs`: none comes at all."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    hangs: bool = False


@dataclass
class Scripted:
    """The provider: `reply` is for every path, but for those of which `always` knows a beginning."""

    url: str
    reply: Reply = Reply()
    first: list[Reply] = field(default_factory=list)  # what comes before `reply`, each once
    always: dict[str, Reply] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    over: Event = field(default_factory=Event)

    def answer_to(self, path: str) -> Reply:
        """The reply to a request, which is noted."""
        for beginning, reply in self.always.items():
            if path.startswith(beginning):
                return reply
        self.asked.append(path)
        return self.first.pop(0) if self.first else self.reply


@contextmanager
def scripted() -> Iterator[Scripted]:
    """The provider on loopback until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        """Asks the script."""

        def do_GET(self) -> None:
            """Any GET."""
            reply = provider.answer_to(self.path)
            if reply.hangs:
                provider.over.wait(10)
                return
            self.send_response(reply.status)
            for name, value in {"Content-Length": str(len(reply.body)), **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.body)

        def do_POST(self) -> None:
            """Any POST: its body says nothing here."""
            self.rfile.read(int(self.headers["Content-Length"]))
            self.do_GET()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class's name
            """Keep the test's output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider = Scripted(f"http://127.0.0.1:{server.server_port}")
    Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield provider
    finally:
        provider.over.set()
        server.shutdown()
        server.server_close()
