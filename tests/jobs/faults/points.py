"""A dispatcher, worker or caller that can be made to die at an exact point, with SIGKILL and once per order.

    python -m tests.jobs.faults.points celery -A config worker ...
    python -m tests.jobs.faults.points manage dispatcher

A file in the folder FAULT_POINTS, named like a point, is the order; it is gone when it was carried out.
CLOCK_SHIFT sets the clock (`time.time`) of the process so many seconds ahead.
The product's own functions are wrapped here, so that it needs no hooks.
"""

import importlib
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Point:
    """Before or after a call of a function of a module (or of a class in it)."""

    module: str
    function: str
    after: bool


POINTS = {
    "claimed": Point("jobs.fence.leases", "claim", after=True),
    "ran": Point("jobs.fence.leases", "finish", after=False),
    "finished": Point("jobs.fence.leases", "finish", after=True),
    "bundle-told": Point("jobs.worker.bundle", "Bundle._exchange", after=True),
    "committed": Point("jobs.enqueue", "wake", after=False),
    "ticketed": Point("jobs.dispatcher.publish", "Publisher.publish", after=False),
    "published": Point("jobs.dispatcher.publish", "Publisher.publish", after=True),
    "read": Point("jobs.dispatcher.loop", "fold_surely", after=False),
    "folded": Point("jobs.dispatcher.log", "Log.acknowledge", after=False),
    "acknowledged": Point("jobs.dispatcher.log", "Log.acknowledge", after=True),
}


def arm(folder: Path, point: str) -> None:
    """Whoever comes to the point first dies there."""
    (folder / point).touch()


def is_armed(folder: Path, point: str) -> bool:
    """Whether nobody came to it yet."""
    return (folder / point).exists()


def _die_once(point: str) -> None:
    order = Path(os.environ.get("FAULT_POINTS", "/nowhere")) / point
    try:
        order.unlink()
    except FileNotFoundError:
        return
    os.kill(os.getpid(), signal.SIGKILL)


def _wrapped(name: str, function: Callable[..., Any], *, after: bool) -> Callable[..., Any]:
    @wraps(function)
    def deadly(*args: Any, **kwargs: Any) -> Any:
        if not after:
            _die_once(name)
        answer = function(*args, **kwargs)
        if after:
            _die_once(name)
        return answer

    return deadly


def owner_of(point: Point) -> tuple[Any, str]:
    """The module or class that holds the point's function, and the function's name in it."""
    owner: Any = importlib.import_module(point.module)
    *path, function = point.function.split(".")
    for part in path:
        owner = getattr(owner, part)
    return owner, function


def _wrap_all() -> None:
    for name, point in POINTS.items():
        owner, function = owner_of(point)
        setattr(owner, function, _wrapped(name, getattr(owner, function), after=point.after))


def _shift_clock(seconds: float) -> None:
    true = time.time
    time.time = lambda: true() + seconds


def _main(program: str, *words: str) -> None:
    _shift_clock(float(os.environ.get("CLOCK_SHIFT", "0")))
    import django

    django.setup()
    _wrap_all()
    sys.argv = [program, *words]
    if program == "celery":
        from celery.__main__ import main

        main()
    from django.core.management import execute_from_command_line

    execute_from_command_line(["manage.py", *words])


if __name__ == "__main__":
    _main(*sys.argv[1:])
