"""The development key for secret payload fields: made once, so that they can be decrypted after a restart."""

import base64
import os
from pathlib import Path

from jobs.localservices.secret import write_private


def development_key(path: Path) -> str:
    """The Fernet key kept at `path`; made there (mode 600) the first time, by one of those who ask."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        candidate = path.with_name(f"{path.name}.{os.getpid()}.new")
        write_private(candidate, base64.urlsafe_b64encode(os.urandom(32)).decode())
        try:
            os.link(candidate, path)
        except FileExistsError:
            pass  # somebody else's key is there by now, and is everybody's
        finally:
            candidate.unlink()
    return path.read_text()
