"""A TCP proxy that counts round trips: a request after an answer, on each connection for itself."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from bench.proxy import Proxy


class Turns(Proxy[threading.Event]):
    """What a connection shares: that something was asked which was not answered yet."""

    def __init__(self, port: int) -> None:
        self.count = 0
        self._lock = threading.Lock()
        super().__init__(port)

    def _opened(self) -> threading.Event:
        return threading.Event()

    def _lets_pass(self, data: bytes, shared: threading.Event, *, is_request: bool) -> bool:
        if not is_request:
            shared.clear()
        elif not shared.is_set():
            shared.set()
            with self._lock:
                self.count += 1
        return True


@contextmanager
def counted(port: int) -> Iterator[Turns]:
    """A proxy while this is open."""
    turns = Turns(port)
    try:
        yield turns
    finally:
        turns.close()
