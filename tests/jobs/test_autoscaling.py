"""How many processes, as a table."""

import pytest

from jobs.autoscaling import Bounds, Machine, wanted_processes

IDLE = Machine(load=0.1, cores=4, memory_free=0.8)
BUSY = Machine(load=6.1, cores=4, memory_free=0.8)
TIGHT = Machine(load=0.1, cores=4, memory_free=0.1)
FULL = Machine(load=0.1, cores=4, memory_free=0.04)


@pytest.mark.parametrize(
    ("processes", "demand", "machine", "wanted"),
    [
        (2, 0, IDLE, 2),
        (2, 5, IDLE, 5),
        (2, 50, IDLE, 8),
        (8, 3, IDLE, 3),
        (8, 0, IDLE, 2),
        (4, 8, BUSY, 4),
        (4, 3, BUSY, 3),
        (4, 8, TIGHT, 4),
        (4, 3, TIGHT, 3),
        (4, 8, FULL, 3),
        (2, 8, FULL, 2),
    ],
)
def test_the_pool_follows_demand_as_far_as_the_machine_allows(
    processes: int, demand: int, machine: Machine, wanted: int
) -> None:
    assert wanted_processes(processes, demand, Bounds(2, 8), machine) == wanted
