"""The Lua scripts: one transition each, atomic, loaded once per client.

Each script's header names its KEYS, ARGV and what it returns; a test compares header and body.
"""

from collections.abc import Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Call:
    """A script with its KEYS and ARGV, to be run alone or with others in one round trip."""

    name: str
    keys: Sequence[str]
    args: Sequence[Argument]


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


def call(client: "redis.Redis", wanted: Call) -> Any:
    """Run one call."""
    return run(client, wanted.name, wanted.keys, wanted.args)


def call_all(client: "redis.Redis", wanted: Sequence[Call]) -> list[Any]:
    """Run calls in one round trip, in order; one that fails does not keep the others from running."""
    if len(wanted) == 1:
        return [call(client, wanted[0])]
    pipeline = client.pipeline(transaction=False)
    for one in wanted:
        digest, _ = _digest_and_source(one.name)
        pipeline.evalsha(digest, len(one.keys), *one.keys, *one.args)
    answers: list[Any] = pipeline.execute(raise_on_error=False)
    for place, answer in enumerate(answers):
        if isinstance(answer, redis.exceptions.NoScriptError):
            answers[place] = call(client, wanted[place])
        elif isinstance(answer, Exception):
            raise answer
    return answers
