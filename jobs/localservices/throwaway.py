"""Services for a test run or a check: on any free ports, without fsync unless asked, deleted afterwards."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psutil

from jobs.localservices.launcher import Launcher

_ADDRESSES = ("DATABASE_URL", "REDIS_URL", "REDIS_HOST", "REDIS_PORT", "REDIS_PASSWORD", "REDIS_DB")


@contextmanager
def throwaway(
    parent: Path, environ: Mapping[str, str] | None = None, *, durable: bool = False
) -> Iterator[Launcher]:
    """A launcher for a folder of its own in `parent`; addresses in the environment are never used."""
    launcher = create(parent, environ, durable=durable)
    try:
        yield launcher
    finally:
        launcher.remove()


def create(parent: Path, environ: Mapping[str, str] | None = None, *, durable: bool = False) -> Launcher:
    """As `throwaway`, for callers that cannot use `with`; they call `remove()`."""
    _remove_abandoned(parent)
    given = os.environ if environ is None else environ
    own = {name: value for name, value in given.items() if name not in _ADDRESSES}
    return Launcher(parent / str(os.getpid()), own, throwaway=True, durable=durable)


def _remove_abandoned(parent: Path) -> None:
    """What a process that was killed left behind: its folder carries its id."""
    for folder in parent.glob("[0-9]*"):
        if not psutil.pid_exists(int(folder.name)):
            Launcher(folder, {}, throwaway=True).remove()
