"""Circuit breakers' states in Redis, which several dispatchers share. Gone with Redis, they are closed."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import redis

from jobs.breaker import Circuit, Phase
from jobs.fence import keys, scripts

_KEPT_MS = 86_400_000  # a breaker that nothing happened to for a day starts anew


@dataclass(frozen=True)
class Change:
    """A transition that was made."""

    before: Circuit
    after: Circuit
    granted: int


def read(client: "redis.Redis", names: Sequence[str]) -> tuple[dict[str, Circuit], int]:
    """The circuits by name, and the Redis time in ms."""
    pipeline = client.pipeline(transaction=False)
    pipeline.time()
    pipeline.mget([keys.circuit(name) for name in names])
    (seconds, micros), texts = pipeline.execute()
    found = {name: _circuit(text or "") for name, text in zip(names, texts, strict=True)}
    return found, seconds * 1000 + micros // 1000


def change(
    client: "redis.Redis", name: str, transition: Callable[[Circuit, int], tuple[Circuit, int]]
) -> Change:
    """Make a transition, a function of the circuit and the Redis time in ms; again when others were first."""
    while True:
        pipeline = client.pipeline(transaction=False)
        pipeline.time()
        pipeline.get(keys.circuit(name))
        (seconds, micros), text = pipeline.execute()
        before = _circuit(text or "")
        after, granted = transition(before, seconds * 1000 + micros // 1000)
        if after == before or scripts.run(
            client, "breaker", [keys.circuit(name)], [text or "", json.dumps(vars(after)), _KEPT_MS]
        ):
            return Change(before, after, granted)


def _circuit(text: str) -> Circuit:
    if not text:
        return Circuit()
    values = json.loads(text)
    slices = tuple((int(at), int(good), int(bad)) for at, good, bad in values.pop("slices"))
    return Circuit(**values | {"phase": Phase(values["phase"]), "slices": slices})
