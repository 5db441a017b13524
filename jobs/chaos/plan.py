"""What a chaos run enqueues: a seeded mix of every kind of job. Pure."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from jobs.chaos.queues import KEYED, MAIN, PAUSED, POISON, RATED, WORK

MIX = {
    "quick": 44.0,
    "long": 4.0,
    "flaky": 12.0,
    "doomed": 3.0,
    "poison": 0.3,
    "delayed": 10.0,
    "rolled-back": 4.0,
    "flow": 4.0,
    "unique": 8.0,
    "keyed": 6.0,
    "rated": 4.0,
    "cancelled": 1.5,
    "paused": 2.0,
}
_ATTEMPTS = 6  # of the run's queues
_JOBS_PER_SECOND = 40  # what two workers with two processes each can do while they are killed
_SECONDS_PER_FAULT = 4.0
_KEYS = 5


@dataclass(frozen=True)
class Call:
    """One enqueue: how many jobs it makes, where, and with what."""

    kind: str
    queue: str | None = MAIN  # None: the task's own
    data: dict[str, Any] = field(default_factory=dict)
    countdown: float | None = None
    children: int = 0
    task: str = WORK

    @property
    def jobs(self) -> int:
        """How many jobs it writes."""
        return 1 + self.children


def duration(jobs: int, faults: int) -> float:
    """Seconds over which so many jobs and faults are spread."""
    return max(jobs / _JOBS_PER_SECOND, faults * _SECONDS_PER_FAULT)


def mixed_in(plan: Sequence[Call], task: str, data: dict[str, Any]) -> list[Call]:
    """The plan with a call of another task, on its own queue, before every twenty."""
    own = Call("own", None, data, task=task)
    return [call for start in range(0, len(plan), 20) for call in (own, *plan[start : start + 20])]


def calls(jobs: int, seed: int) -> Iterator[Call]:
    """Calls that make `jobs` jobs or a few more; the same for the same seed."""
    rng = random.Random(seed)  # noqa: S311 -- a plan, not a secret
    kinds, weights = list(MIX), list(MIX.values())
    made = 0
    while made < jobs:
        call = _call(rng.choices(kinds, weights)[0], rng)
        made += call.jobs
        yield call


def _call(kind: str, rng: random.Random) -> Call:
    queue, countdown = MAIN, None
    data: dict[str, Any] = {}
    if kind in _QUEUES:
        queue = _QUEUES[kind]
    if kind in _DATA:
        data = _DATA[kind](rng)
    if kind in _COUNTDOWNS:
        countdown = round(rng.uniform(*_COUNTDOWNS[kind]), 2)
    return Call(kind, queue, data, countdown, children=3 if kind == "flow" else 0)


def _keyed(rng: random.Random) -> dict[str, Any]:
    return {"key": f"key-{rng.randrange(_KEYS)}", "seconds": 0.05}


_QUEUES = {"poison": POISON, "keyed": KEYED, "rated": RATED, "paused": PAUSED}
_COUNTDOWNS = {"delayed": (0.5, 6.0), "cancelled": (30.0, 30.0)}
_DATA: dict[str, Callable[[random.Random], dict[str, Any]]] = {
    "long": lambda rng: {"seconds": round(rng.uniform(0.5, 2.0), 2)},
    "flaky": lambda rng: {"fails": rng.randint(1, 3)},
    "doomed": lambda _: {"fails": _ATTEMPTS},
    "poison": lambda _: {"deadly": True},
    "flow": lambda rng: {"fails": _ATTEMPTS if rng.random() < 0.15 else 0},
    "unique": _keyed,
    "keyed": _keyed,
}
