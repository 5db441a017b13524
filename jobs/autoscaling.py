"""How many processes a worker should have: a pure decision over demand, load and memory."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Machine:
    """What the machine has to spare: load average of the last minute, cores, share of memory that is free."""

    load: float
    cores: int
    memory_free: float


@dataclass(frozen=True)
class Bounds:
    """What a worker may use. `load` is per core; the memory shares are of all memory."""

    lowest: int
    highest: int
    load: float = 1.5
    memory_to_grow: float = 0.15
    memory_to_keep: float = 0.05


def wanted_processes(processes: int, demand: int, bounds: Bounds, machine: Machine) -> int:
    """The number of processes for `demand` jobs that are running or fetched.

    It grows to the demand while load and memory allow, shrinks to it when there is less to do, and gives
    one process up at a time while memory is nearly used up.
    """
    if machine.memory_free < bounds.memory_to_keep:
        return max(bounds.lowest, processes - 1)
    target = min(max(demand, bounds.lowest), bounds.highest)
    if target <= processes:
        return target
    busy = machine.load > bounds.load * machine.cores
    return processes if busy or machine.memory_free < bounds.memory_to_grow else target
