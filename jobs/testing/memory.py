"""What the platform asks of Redis, answered in this process: redis-py's own client over dictionaries."""

import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

import redis

from jobs.testing.transitions import SCRIPTS, Script

Told = Callable[[str, str, Mapping[str, str]], None]


class WouldWaitForEver(AssertionError):
    """The job has not ended, and nothing would run it while this waits: run it first, or advance the clock."""


class Memory(redis.Redis):
    """Hashes, values with a life, and streams that are told to `told(stream, cursor, fields)` entry by entry.

    The scripts of `jobs.fence` are its transitions in Python (`jobs.testing.transitions`). Whatever else it
    is asked for, it says what a Redis that is away says: the platform has to bear that anyway.
    """

    def __init__(self, told: Told) -> None:
        super().__init__(decode_responses=True)  # it never connects: every command ends in `execute_command`
        self.hashes: dict[str, dict[str, str]] = defaultdict(dict)
        self._values: dict[str, tuple[str, float | None]] = {}
        self._told = told
        self._entries = 0

    def execute_command(self, *args: Any, **_: Any) -> Any:
        """A command, as redis-py's methods put it. ConnectionError for one that is not known here."""
        name, *words = args
        known = getattr(self, f"_do_{str(name).lower()}", None)
        if known is None:
            raise redis.ConnectionError(f"the testing twin has no Redis, and {name} needs one")
        return known(*map(_text, words))

    def pubsub(self, **_: Any) -> Any:
        """Nobody announces anything in here: whoever subscribes would wait for ever."""
        raise WouldWaitForEver(WouldWaitForEver.__doc__)

    def add(self, stream: str, fields: Mapping[str, str]) -> str:
        """Append to a stream; answers with the entry's cursor."""
        self._entries += 1
        cursor = f"{self.now_ms()}-{self._entries}"
        self._told(stream, cursor, fields)
        return cursor

    def now_ms(self) -> int:
        """The time, as Redis tells it."""
        return int(time.time() * 1000)

    def age(self, seconds: float) -> None:
        """Let every value that lives for a while be so much older."""
        self._values = {
            name: (value, until and until - seconds * 1000) for name, (value, until) in self._values.items()
        }

    # -- commands --------------------------------------------------------------------------------------

    def _do_hget(self, name: str, field: str) -> str | None:
        return self.hashes[name].get(field)

    def _do_hdel(self, name: str, *fields: str) -> int:
        return sum(self.hashes[name].pop(field, None) is not None for field in fields)

    def _do_get(self, name: str) -> str | None:
        value, until = self._values.get(name, (None, None))
        return None if until is not None and until <= self.now_ms() else value

    def _do_exists(self, *names: str) -> int:
        return sum(self._do_get(name) is not None for name in names)

    def _do_del(self, *names: str) -> int:
        return sum(self._values.pop(name, None) is not None for name in names)

    def _do_set(self, name: str, value: str, *options: str) -> bool | None:
        if "NX" in options and self._do_get(name) is not None:
            return None
        scale = {"PX": 1, "EX": 1000}
        life = [int(options[place + 1]) * scale[word] for place, word in enumerate(options) if word in scale]
        self._values[name] = (value, self.now_ms() + life[0] if life else None)
        return True

    def _do_pexpire(self, name: str, milliseconds: str) -> int:
        value = self._do_get(name)
        if value is not None:
            self._values[name] = (value, self.now_ms() + int(milliseconds))
        return int(value is not None)

    def _do_xadd(self, name: str, _id: str, *fields: str) -> str:
        return self.add(name, dict(zip(fields[::2], fields[1::2], strict=True)))

    def _do_evalsha(self, digest: str, count: str, *words: str) -> Any:
        script: Script | None = SCRIPTS.get(digest)
        if script is None:
            raise redis.ConnectionError("the testing twin has no Redis, and a script needs one")
        return script(self, words[: int(count)], words[int(count) :])


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
