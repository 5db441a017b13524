"""Millrace as a network of stations: the input of a simulation, and the simulation. Pure.

A job is enqueued (PostgreSQL), waits in its partition, is released by the partition's leader (dispatcher,
PostgreSQL, Redis), waits for a slot, runs there (claim and finish: Redis), and is folded by the leader.
A dispatcher is one thread: while it waits for a server it does nothing else. It releases and folds what is
there in batches; each batch has a cost of its own, so that a busier dispatcher is cheaper per job. The rules
for room and batches are those of jobs/dispatcher/window.py and loop.py.
"""

import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from bench.stations import Bell, Process, Station, World, served

RELEASED_AT_ONCE, _FOLDED_AT_ONCE, _FOLD_AT = 500, 2000, 1000  # jobs, as in release.py and loop.py
_LINGER = 0.025
_LEAD, _LEAD_PER_SLOT = 0.1, 200
_FILLING_RUNS = 5  # mean runs until as many jobs run as ever will


@dataclass(frozen=True)
class Cost:
    """Seconds of CPU: of a batch, and of each job in it."""

    batch: float = 0.0
    job: float = 0.0

    def of(self, jobs: int) -> float:
        """So many in one batch."""
        return self.batch + jobs * self.job


@dataclass(frozen=True)
class Prices:
    """What jobs cost the parts, in seconds.

    Half of what the dispatcher and PostgreSQL spend is spent on the release, half on the fold; Redis spends half of
    what it spends on a job on the claim and half on the finish.
    """

    enqueue: float = 0.0  # of PostgreSQL, for one
    dispatcher: Cost = Cost()
    postgres: Cost = Cost()
    redis: Cost = Cost()
    worker: float = 0.0  # of the slot's process, beside the run
    dispatcher_turns: float = 0.0  # round trips of a batch
    worker_turns: float = 0.0  # round trips of a job


@dataclass(frozen=True)
class Plan:
    """What is asked. `run` draws the seconds of a run; `round_trip` is that of the network, in seconds."""

    rate: float
    run: Callable[[random.Random], float]
    slots: int
    mean_run: float
    partitions: int = 1
    dispatchers: int = 1
    postgres_cores: int = 8
    round_trip: float = 0.0005


@dataclass(frozen=True)
class Found:
    """What a simulation saw once the system was full: waits from enqueue to start in order, all in seconds."""

    waits: list[float]
    to_rows: list[float]  # from the end of a run to its row
    per_second: float  # folded
    left: float  # by how many jobs a second the system filled further
    utilisation: dict[str, float]
    batch: float  # jobs folded at once, on average


class _Leader:
    """A dispatcher, and what it knows of its partitions."""

    def __init__(self, world: World, parts: int) -> None:
        self.bell = Bell(world)
        self.thread = Station(world, 1)
        self.backlogs: list[deque[_Job]] = [deque() for _ in range(parts)]
        self.out = [0] * parts  # released and not ended
        self.ended: deque[_Job] = deque()
        self.fold_due = 0.0
        self.folded_at = -1.0


@dataclass
class _Job:
    leader: _Leader
    part: int
    due: float
    ended: float = 0.0


class Pipeline:
    """One simulation of one plan."""

    def __init__(self, plan: Plan, prices: Prices, seed: int = 1) -> None:
        self._plan, self._prices = plan, prices
        self._random = random.Random(seed)
        self._world = World()
        self._postgres = Station(self._world, plan.postgres_cores)
        self._redis = Station(self._world, 1)
        self._slots = Station(self._world, plan.slots)
        leads = [len(range(n, plan.partitions, plan.dispatchers)) for n in range(plan.dispatchers)]
        self._leaders = [_Leader(self._world, parts) for parts in leads if parts]
        self._places = [(leader, part) for leader in self._leaders for part in range(len(leader.backlogs))]
        self._lead = int(plan.slots * min(_LEAD_PER_SLOT, _LEAD / max(plan.mean_run, 1e-4)))
        self._counting = False
        self._inside = self._folds = self._folded = 0
        self._waits: list[float] = []
        self._to_rows: list[float] = []

    def play(self, jobs: int) -> Found:
        """Let so many jobs arrive, after those that fill the system."""
        length = jobs / self._plan.rate
        self._world.start(self._arrivals())
        for leader in self._leaders:
            self._world.start(self._dispatcher(leader))
        filled = max(_FILLING_RUNS * self._plan.mean_run, 0.1 * length)
        self._world.run(filled)
        inside, before, self._counting = self._inside, self._worked(), True
        self._world.run(filled + length)
        return Found(
            self._waits, self._to_rows, self._folded / length, (self._inside - inside) / length,
            self._utilisations(before, length), self._folded / max(1, self._folds),
        )  # fmt: skip

    def _stations(self) -> dict[str, Station]:
        threads = {f"dispatcher {n}": leader.thread for n, leader in enumerate(self._leaders)}
        return {"PostgreSQL": self._postgres, "Redis": self._redis, "slots": self._slots, **threads}

    def _worked(self) -> dict[str, float]:
        """Seconds of work of one server of each part so far."""
        return {name: station.worked() / station.servers for name, station in self._stations().items()}

    def _utilisations(self, before: dict[str, float], seconds: float) -> dict[str, float]:
        """Of each part; of the dispatchers the busiest."""
        shares = {name: (worked - before[name]) / seconds for name, worked in self._worked().items()}
        busiest = max(shares.pop(name) for name in list(shares) if name.startswith("dispatcher"))
        return {"dispatcher": busiest, **shares}

    # -- the life of a job -------------------------------------------------------------------------------

    def _arrivals(self) -> Process:
        """One after the other, at random moments (Poisson)."""
        while True:
            yield self._random.expovariate(self._plan.rate)
            self._world.start(self._enqueue())

    def _enqueue(self) -> Process:
        leader, part = self._random.choice(self._places)
        self._inside += 1
        yield from served(self._postgres, self._prices.enqueue)
        leader.backlogs[part].append(_Job(leader, part, self._world.now))
        leader.bell.ring()

    def _work(self, job: _Job) -> Process:
        """In a slot: claim, run, finish."""
        prices, turns = self._prices, self._prices.worker_turns * self._plan.round_trip
        yield self._slots
        yield turns / 2
        yield from served(self._redis, prices.redis.job / 2)
        if self._counting:
            self._waits.append(self._world.now - job.due)
        yield self._plan.run(self._random) + prices.worker
        yield from served(self._redis, prices.redis.job / 2)
        yield turns / 2
        self._slots.leave()
        job.ended = self._world.now
        leader = job.leader
        leader.out[job.part] -= 1
        if not leader.ended:
            busy = self._world.now - leader.folded_at < 2 * _LINGER
            leader.fold_due = self._world.now + (_LINGER if busy else 0.0)
            self._world.resume_at(leader.fold_due, self._ring(leader))
        leader.ended.append(job)
        leader.bell.ring()

    # -- the dispatcher ----------------------------------------------------------------------------------

    def _dispatcher(self, leader: _Leader) -> Process:
        while True:
            yield leader.bell
            while True:
                released = yield from self._release(leader)
                folded = yield from self._fold(leader)
                if not released and not folded:
                    break

    def _release(self, leader: _Leader) -> Process:
        """Into the room of each partition; answers whether there was any."""
        any_of_them = False
        for part, backlog in enumerate(leader.backlogs):
            count = min(RELEASED_AT_ONCE, len(backlog), self._room(leader.out[part]))
            if count:
                any_of_them = True
                jobs = [backlog.popleft() for _ in range(count)]
                leader.out[part] += count
                yield from self._batch(leader, count)
                for job in jobs:
                    self._world.start(self._work(job))
        return any_of_them

    def _room(self, busy: int) -> int:
        slots = self._plan.slots
        return slots + self._lead - busy if busy < slots + self._lead // 2 + 1 else 0

    def _fold(self, leader: _Leader) -> Process:
        due = len(leader.ended) >= _FOLD_AT or (leader.ended and self._world.now >= leader.fold_due)
        if not due:
            return False
        jobs = [leader.ended.popleft() for _ in range(min(_FOLDED_AT_ONCE, len(leader.ended)))]
        yield from self._batch(leader, len(jobs))
        leader.folded_at = self._world.now
        self._inside -= len(jobs)
        if self._counting:
            self._folds += 1
            self._folded += len(jobs)
            self._to_rows += [self._world.now - job.ended for job in jobs]
        return True

    def _batch(self, leader: _Leader, jobs: int) -> Process:
        """Half of what these jobs cost; the dispatcher is busy until the servers are done with it."""
        prices = self._prices
        yield leader.thread
        yield prices.dispatcher.of(jobs) / 2
        yield from served(self._postgres, prices.postgres.of(jobs) / 2)
        yield from served(self._redis, prices.redis.batch / 2)
        yield prices.dispatcher_turns / 2 * self._plan.round_trip
        leader.thread.leave()

    def _ring(self, leader: _Leader) -> Process:
        leader.bell.ring()
        yield from ()
