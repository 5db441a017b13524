"""Where the local services listen: the addresses that `services up` wrote into the state folder.

This module is imported by the settings, so it needs nothing but the standard library.
"""

import json
from pathlib import Path

DEFAULT_DATABASE = "postgres://millrace@127.0.0.1:15432/millrace"
DEFAULT_REDIS = "redis://127.0.0.1:16379/0"


def database_address(state_dir: Path) -> str:
    """The URL of the PostgreSQL database that was last started in `state_dir`."""
    return read(state_dir).get("database_url", DEFAULT_DATABASE)


def redis_address(state_dir: Path) -> str:
    """The URL of the Valkey server that was last started in `state_dir`."""
    return read(state_dir).get("redis_url", DEFAULT_REDIS)


def read(state_dir: Path) -> dict[str, str]:
    """The recorded addresses; empty when none were recorded or the file is damaged."""
    try:
        recorded = json.loads(path(state_dir).read_text())
    except (OSError, ValueError):
        return {}
    return recorded if isinstance(recorded, dict) else {}


def path(state_dir: Path) -> Path:
    """The file with the addresses."""
    return state_dir / "services.json"
