"""How a run learns that it should stop: Ctrl-C, SIGTERM, or a terminal that was closed."""

import signal
import threading
from types import FrameType


class StopRequest:
    """Set by signals. A second signal means: do not wait for anything any more."""

    def __init__(self) -> None:
        self._signals = 0
        self._event = threading.Event()

    @property
    def requested(self) -> bool:
        """Whether to stop."""
        return self._event.is_set()

    @property
    def hurried(self) -> bool:
        """Whether to stop without waiting."""
        return self._signals > 1

    def listen(self) -> None:
        """Take over SIGINT, SIGTERM and SIGHUP of this process."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._handle)

    def wait(self, seconds: float) -> bool:
        """Sleep until the request, `seconds` at most. Returns whether to stop."""
        return self._event.wait(seconds)

    def _handle(self, _number: int, _frame: FrameType | None) -> None:
        self._signals += 1
        self._event.set()
