"""Opening the local chain: seed it the first time, take it up where it was left ever after."""

import time
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from sandbox.solana.clock import ChainClock
from sandbox.solana.node import Node
from sandbox.solana.seeding.run import DAYS, seed_chain
from sandbox.solana.seeding.world import Directory
from sandbox.solana.store import Store

DEFAULT_SEED = 1


class WrongStateError(RuntimeError):
    """The state folder holds another chain than the one asked for."""


@dataclass(frozen=True)
class Chain:
    """The running chain and the directory of its parties."""

    node: Node
    directory: Directory
    anchor: date  # the UTC day the seeded history ends
    seeded_in: float | None  # seconds; None when it was there already

    def close(self) -> None:
        """Give the state folder free."""
        self.node.store.close()


def open_chain(folder: Path, seed: int | None = None, anchor: date | None = None) -> Chain:
    """The chain in a folder. Seed and anchor (the UTC day the seeded history ends) may be left to it: for a new
    folder the anchor is today, so that history goes up to the present. Another day moves all of it in time alone.

    Raises WrongStateError when it was made with others, StateInUseError when another sandbox runs on it.
    """
    store = Store(folder)
    try:
        return _opened(store, seed, anchor)
    except BaseException:
        store.close()
        raise


def _opened(store: Store, seed: int | None, anchor: date | None) -> Chain:
    stored = store.fact("chain")
    if stored is None:
        return _seeded(store, DEFAULT_SEED if seed is None else seed, anchor or datetime.now(UTC).date())
    wanted = {"seed": seed, "anchor": anchor.isoformat() if anchor else None}
    for name, value in wanted.items():
        if value is not None and value != stored[name]:
            raise WrongStateError(
                f"the state folder was made with {name} {stored[name]}, not {value}:"
                " use another folder or delete it"
            )
    ended = date.fromisoformat(stored["anchor"])
    end = _moment(ended)
    clock = ChainClock(stored["seed"], end - DAYS * 86_400, time.time)
    return Chain(Node(store, clock), Directory(stored["seed"]), ended, None)


def _seeded(store: Store, seed: int, anchor: date) -> Chain:
    began, end = time.monotonic(), _moment(anchor)
    clock = ChainClock(seed, end - DAYS * 86_400, time.time)
    node, directory = Node(store, clock), Directory(seed)
    store.set_fact("chain", {"seed": seed, "anchor": anchor.isoformat()})
    seed_chain(node, directory, clock.start, end)
    clock.wall = time.time
    return Chain(node, directory, anchor, time.monotonic() - began)


def _moment(day: date) -> int:
    """The beginning of a day in UTC, in seconds since 1970."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
