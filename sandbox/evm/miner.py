"""Blocks come on a timer, as they do outside: a transaction is not confirmed because it was sent."""

import threading
from collections.abc import Callable


class Miner:
    """Calls `mine` every `interval` seconds, in a thread of its own, until it is stopped."""

    def __init__(self, mine: Callable[[], object], interval: float) -> None:
        self._mine = mine
        self._interval = interval
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="evm-miner", daemon=True)

    def start(self) -> "Miner":
        """Begin."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """End, after the block at hand."""
        self._stopped.set()
        self._thread.join(timeout=10)

    def _run(self) -> None:
        while not self._stopped.wait(self._interval):
            self._mine()
