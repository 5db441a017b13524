"""The append-only history of a run: one JSON line per thing that was done, in order."""

import json
import threading
import time
from pathlib import Path
from typing import Any


class History:
    """Written by several threads; read again by the checker."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._file = path.open("a", encoding="utf-8")

    def write(self, event: str, **fields: Any) -> None:
        """Append a line; it is on its way to the disk when this returns."""
        with self._lock:
            line = json.dumps({"at": time.time(), "event": event, **fields})
            self._file.write(f"{line}\n")
            self._file.flush()

    def close(self) -> None:
        """No more lines."""
        self._file.close()


def read(path: Path) -> list[dict[str, Any]]:
    """Every line, in order."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]
