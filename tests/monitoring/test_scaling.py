"""How many slots a queue could use, as a table."""

from dataclasses import replace

import pytest

from jobs.limits import Limits
from jobs.rates import Rate
from monitoring.scaling import Load, Signal, signal, together

BUSY = Load(waiting=300, active=4, arriving=0, finishing=60, seconds=1.0, limits=Limits(), held_back=False)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, Signal(300, 10, 300.0)),
        ({"seconds": 2.0}, Signal(300, 20, 300.0)),
        ({"waiting": 0, "active": 0, "finishing": 0}, Signal(0, 0, 0.0)),
        ({"waiting": 0, "active": 3, "arriving": 60}, Signal(0, 3, 0.0)),
        ({"waiting": 1, "active": 0, "seconds": None}, Signal(1, 1, 1.0)),
        ({"arriving": 120}, Signal(300, 12, None)),
        ({"limits": Limits(paused=True)}, Signal(0, 4, 300.0)),
        ({"held_back": True}, Signal(0, 4, 300.0)),
        ({"limits": Limits(max_running=5)}, Signal(1, 4, 300.0)),
        ({"limits": Limits(rate=Rate(60, 60.0))}, Signal(60, 4, 300.0)),
        ({"limits": Limits(rate=Rate(10, 1.0)), "seconds": 5.0}, Signal(300, 50, 300.0)),
    ],
)
def test_what_an_autoscaler_is_told(change: dict[str, object], expected: Signal) -> None:
    assert signal(replace(BUSY, **change), within=30.0) == expected  # type: ignore[arg-type]  # a table of mixed changes


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        ([Signal(3, 2, 10.0), Signal(4, 1, 30.0)], Signal(7, 3, 30.0)),
        ([Signal(3, 2, 10.0), Signal(4, 1, None)], Signal(7, 3, None)),
    ],
)
def test_a_queue_of_several_parts_is_told_as_one(parts: list[Signal], whole: Signal) -> None:
    assert together(parts) == whole
