"""A TCP proxy whose connections may fall silent (still open, nothing gets through) or be slow."""

import random
import threading
import time

from bench.proxy import Proxy as Forwarding


class Proxy(Forwarding[threading.Event]):
    """What a connection shares: whether it was silenced."""

    def __init__(self, port: int) -> None:
        self._silent = threading.Event()  # of the connections that exist now
        self._swallowing = b"\0never"
        self._latency = (0.0, 0.0)
        super().__init__(port)

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
        """Accept no more; the connections that exist fall silent."""
        self._silent.set()
        super().close()

    def _opened(self) -> threading.Event:
        return self._silent

    def _lets_pass(self, data: bytes, shared: threading.Event, *, is_request: bool) -> bool:
        time.sleep(random.uniform(*self._latency))
        return not shared.is_set() and self._swallowing not in data

    def _tells_the_end(self, shared: threading.Event) -> bool:
        return not shared.is_set()
