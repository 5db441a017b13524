"""A TCP proxy in front of a server of this machine, for programs and tests that look at what passes or hinder it."""

import contextlib
import socket
import threading
from typing import Generic, TypeVar

Shared = TypeVar("Shared")  # what both directions of a connection know of each other


class Proxy(Generic[Shared]):
    """Forwards to a port. A subclass says what the directions of a connection share, and lets data pass or not."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._listener.getsockname()[1])

    def close(self) -> None:
        """Accept no more."""
        self._listener.close()

    def _opened(self) -> Shared:
        """What a new connection's directions share."""
        raise NotImplementedError

    def _lets_pass(self, data: bytes, shared: Shared, *, is_request: bool) -> bool:
        """Look at a piece of what passes; may take its time."""
        raise NotImplementedError

    def _tells_the_end(self, shared: Shared) -> bool:
        """Whether one side hears that the other one is gone."""
        return True

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self._target))
                shared = self._opened()
                for source, sink, is_request in ((near, far, True), (far, near, False)):
                    threading.Thread(
                        target=self._forward, args=(source, sink, shared, is_request), daemon=True
                    ).start()

    def _forward(self, source: socket.socket, sink: socket.socket, shared: Shared, is_request: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65_536):
                if self._lets_pass(data, shared, is_request=is_request):
                    sink.sendall(data)
        if self._tells_the_end(shared):
            with contextlib.suppress(OSError):
                sink.shutdown(socket.SHUT_WR)
