"""What every system answers to, on its command line: the last line printed is the answer.

prepare              make tables, once
one FIRST COUNT      enqueue so many jobs one by one; jobs/s, without the first call, which connects
many FIRST COUNT     the same through the system's bulk call; jobs/s, without a first call of one job
pace RATE SECONDS    one job, then jobs at this rate; a job's value is minus the moment before its enqueue call
stored COUNT         say `ready`, wait for a line, then for so many finished jobs in its history; the moment
work                 be a worker, where the system has no command of its own
"""

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

_PATIENCE = 120.0  # seconds for the history to be complete


def _nothing() -> None:
    return None


@dataclass(frozen=True)
class Peer:
    """What a system can do; None where it has no such thing."""

    one: Callable[[float], object]
    many: Callable[[Sequence[float]], object] | None = None
    stored: Callable[[], int] | None = None
    prepare: Callable[[], object] = _nothing
    work: Callable[[], object] | None = None

    def answer(self) -> None:
        """Do what the command line asks."""
        name, *numbers = sys.argv[1:]
        told = _COMMANDS[name](self, *(float(number) for number in numbers))
        if told is not None:
            print(told)


def _prepare(peer: Peer) -> None:
    peer.prepare()


def _one(peer: Peer, first: float, count: float) -> float:
    peer.one(first)
    since = time.perf_counter()
    for value in _rest(first, count):
        peer.one(value)
    return (count - 1) / (time.perf_counter() - since)


def _many(peer: Peer, first: float, count: float) -> float | None:
    if peer.many is None:
        return None
    peer.many([first])
    values = _rest(first, count)
    since = time.perf_counter()
    peer.many(values)
    return (count - 1) / (time.perf_counter() - since)


def _pace(peer: Peer, rate: float, seconds: float) -> None:
    peer.one(-time.monotonic())
    start = time.monotonic()
    for number in range(int(rate * seconds)):
        time.sleep(max(0.0, start + number / rate - time.monotonic()))
        peer.one(-time.monotonic())


def _stored(peer: Peer, count: float) -> float | None:
    if peer.stored is None:
        return None
    print("ready", flush=True)
    sys.stdin.readline()
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        asked = time.monotonic()
        if peer.stored() >= count:
            return asked
        time.sleep(0.02)
    return None


def _work(peer: Peer) -> None:
    if peer.work:
        peer.work()


def _rest(first: float, count: float) -> list[float]:
    return [first + number for number in range(1, int(count))]


_COMMANDS: dict[str, Callable[..., float | None]] = {
    "prepare": _prepare, "one": _one, "many": _many, "pace": _pace, "stored": _stored, "work": _work,
}  # fmt: skip
