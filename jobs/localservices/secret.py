"""The password of the local services: generated once, readable by its owner only."""

import os
import secrets
from pathlib import Path


def remembered(path: Path) -> str:
    """The password kept at `path`; generated and written there (mode 600) the first time."""
    if not path.exists():
        write_private(path, secrets.token_urlsafe(24))
    return path.read_text()


def write_private(path: Path, text: str) -> None:
    """Write `text` to `path` so that nobody else can read it and no reader ever sees half of it."""
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    unfinished.replace(path)
