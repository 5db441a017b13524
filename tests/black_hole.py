"""A TCP proxy whose connections may fall silent (still open, nothing gets through) or be slow."""

import contextlib
import random
import socket
import threading
import time


class Proxy:
    """Forwards to a port of this machine."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._silent = threading.Event()  # of the connections that exist now
        self._swallowing = b"\0never"
        self._latency = (0.0, 0.0)
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._listener.getsockname()[1])

    def silence(self) -> None:
        """Nothing gets through the connections that exist; new ones work."""
        self._silent.set()
        self._silent = threading.Event()

    def swallow(self, word: bytes) -> None:
        """From now on what contains `word` does not get through, whatever the connection."""
        self._swallowing = word

    def slow_down(self, least: float, most: float) -> None:
        """From now on each piece of what passes takes between `least` and `most` seconds."""
        self._latency = (least, most)

    def close(self) -> None:
        """Accept no more."""
        self._silent.set()
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self._target))
                for source, sink in ((near, far), (far, near)):
                    threading.Thread(
                        target=self._forward, args=(source, sink, self._silent), daemon=True
                    ).start()

    def _forward(self, source: socket.socket, sink: socket.socket, silent: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65_536):
                time.sleep(random.uniform(*self._latency))
                if not silent.is_set() and self._swallowing not in data:
                    sink.sendall(data)
        if not silent.is_set():
            with contextlib.suppress(OSError):
                sink.shutdown(socket.SHUT_WR)
