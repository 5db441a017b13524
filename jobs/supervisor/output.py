"""One stream for everybody's output: each line carries the name and the colour of its process."""

import threading
from collections.abc import Iterable
from typing import IO, TextIO

_COLOURS = (36, 33, 32, 35, 34, 96, 93, 92, 95, 94)
OWN_NAME = "run"


class Output:
    """Writes whole lines, never two mixed. A terminal that is gone is no reason to stop."""

    def __init__(self, sink: TextIO, names: Iterable[str]) -> None:
        self._sink: TextIO | None = sink
        self._lock = threading.Lock()
        self._names = [OWN_NAME, *names]
        self._width = max(map(len, self._names))
        self._coloured = sink.isatty()

    def say(self, text: str) -> None:
        """A line of the supervisor's own."""
        for line in text.splitlines():
            self.line(OWN_NAME, line)

    def line(self, name: str, text: str) -> None:
        """A line of the process `name`."""
        prefix = f"{name:{self._width}} |"
        if self._coloured:
            prefix = f"\033[{_COLOURS[self._names.index(name) % len(_COLOURS)]}m{prefix}\033[0m"
        self.write(f"{prefix} {text}\n")

    def write(self, text: str) -> None:
        """Text as it is."""
        with self._lock:
            if self._sink is None:
                return
            try:
                self._sink.write(text)
                self._sink.flush()
            except OSError:  # the terminal was closed
                self._sink = None

    def follow(self, name: str, source: IO[bytes]) -> threading.Thread:
        """Copy `source` line by line, in a thread, until it ends."""
        thread = threading.Thread(target=self._copy, args=(name, source), name=f"output-{name}", daemon=True)
        thread.start()
        return thread

    def _copy(self, name: str, source: IO[bytes]) -> None:
        with source:
            for line in source:
                self.line(name, line.decode(errors="replace").rstrip())
