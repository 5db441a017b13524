"""The Lua scripts: one transition each, atomic, loaded once per client.

Each script's header names its KEYS, ARGV and what it returns; a test compares header and body.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import redis

FOLDER = Path(__file__).parent
NAMES = tuple(sorted(path.stem for path in FOLDER.glob("*.lua")))

Argument = str | int | float


@cache
def _digest_and_source(name: str) -> tuple[str, str]:
    import hashlib

    source = (FOLDER / f"{name}.lua").read_text()
    return hashlib.sha1(source.encode(), usedforsecurity=False).hexdigest(), source


def run(client: "redis.Redis", name: str, keys: Sequence[str], args: Sequence[Argument]) -> Any:
    """Run a script by its name; loads it when Redis does not know it (a restart, SCRIPT FLUSH)."""
    digest, source = _digest_and_source(name)
    try:
        return client.evalsha(digest, len(keys), *keys, *args)
    except redis.exceptions.NoScriptError:
        return client.eval(source, len(keys), *keys, *args)


def digest(name: str) -> str:
    """What Redis knows a script by."""
    return _digest_and_source(name)[0]
