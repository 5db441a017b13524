"""Which of the waiting jobs come next: by priority and age, key by key where limits or fairness ask for it."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from jobs.dispatcher.gate import Gate
from jobs.dispatcher.window import Window
from jobs.store.waiting import WaitingJob, Wanted, next_by_key, next_by_priority, next_waiting


def choose(window: Window, room: int, except_tasks: Sequence[str] = ()) -> list[WaitingJob]:
    """Up to `room` jobs that may be released now, in order, none of `except_tasks`."""
    gate = window.gate
    if gate is None:
        return next_waiting(Wanted(window.queue, list(window.out), except_tasks), room)
    shut = [*except_tasks, *gate.full_tasks()]
    wanted = Wanted(window.queue, list(window.out), shut, gate.limits.drain_to)
    if gate.limits.per_key:
        found = next_by_key(wanted, gate.last_key, gate.full_keys(), room)
        ordered = in_turn(found) if gate.limits.fair else by_priority(found)
    elif gate.limits.ageing:
        ordered = by_age(next_by_priority(wanted, room), gate.limits.ageing, datetime.now(UTC))
    else:
        ordered = next_waiting(wanted, room)
    return _admitted(gate, ordered, room, window.slots - window.busy)


def in_turn(jobs: Sequence[WaitingJob]) -> list[WaitingJob]:
    """The first of each key, then the second of each, and so on; keys in the order in which they come."""
    rounds: list[list[WaitingJob]] = []
    seen: dict[str, int] = {}
    for job in jobs:
        turn = seen[job.limit_key] = seen.get(job.limit_key, -1) + 1
        if turn == len(rounds):
            rounds.append([])
        rounds[turn].append(job)
    return [job for each in rounds for job in each]


def by_priority(jobs: Iterable[WaitingJob]) -> list[WaitingJob]:
    """The highest priority first, the oldest first among equals."""
    return sorted(jobs, key=lambda job: (-job.priority, job.id))


def by_age(jobs: Iterable[WaitingJob], step: float, now: datetime) -> list[WaitingJob]:
    """Like `by_priority`, with one step of priority for each `step` seconds of waiting."""

    def standing(job: WaitingJob) -> tuple[float, int]:
        waited = (now - job.created_at).total_seconds()
        return -(job.priority + waited / step), job.id

    return sorted(jobs, key=standing)


def _admitted(gate: Gate, jobs: Iterable[WaitingJob], room: int, free: int) -> list[WaitingJob]:
    """Those that every limit lets through; each counts as released before the next is asked about.

    A job whose task has a rate of its own goes into one of the `free` slots, never ahead of them: its start
    is counted. When its turn comes and none is free, nothing is released past it; while its rate is used up
    it is not among the `jobs`, and the others go on.
    """
    chosen: list[WaitingJob] = []
    gate.kept_back = False
    for job in jobs:
        if len(chosen) == room:
            break
        if job.task in gate.task_rates and len(chosen) >= free:
            gate.kept_back = True
            break
        if gate.admits(job.task, job.limit_key):
            gate.released(job.task, job.limit_key)
            chosen.append(job)
    if chosen:
        gate.last_key = chosen[-1].limit_key
    return chosen
