"""A TCP proxy that counts round trips: a request after an answer, on each connection for itself."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Turns:
    """Forwards to a port of this machine, and counts."""

    def __init__(self, port: int) -> None:
        self.count = 0
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._listener.getsockname()[1])

    def close(self) -> None:
        """Accept no more."""
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self._target))
                asked = threading.Event()  # something was asked that was not answered yet
                for source, sink, is_request in ((near, far, True), (far, near, False)):
                    threading.Thread(
                        target=self._forward, args=(source, sink, asked, is_request), daemon=True
                    ).start()

    def _forward(
        self, source: socket.socket, sink: socket.socket, asked: threading.Event, is_request: bool
    ) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65_536):
                if not is_request:
                    asked.clear()
                elif not asked.is_set():
                    asked.set()
                    with self._lock:
                        self.count += 1
                sink.sendall(data)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@contextmanager
def counted(port: int) -> Iterator[Turns]:
    """A proxy while this is open."""
    turns = Turns(port)
    try:
        yield turns
    finally:
        turns.close()
