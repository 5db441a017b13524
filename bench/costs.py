"""`python -m bench.costs`: what a job costs each part, measured: CPU, round trips, rows, bytes, connections.

The input of `bench.capacity`. One run with jobs alone in their messages, one with bundles. In each: the cost
of standing idle; of jobs that come one at a time, so that nothing is shared (`alone`); of jobs that all wait
already, so that statements and scripts are shared by hundreds (`together`).
"""

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psutil
import psycopg
import redis

from bench import noop
from bench.measure import awaited, fresh
from bench.processes import cpu_seconds, running
from bench.report import FOLDER as RESULTS
from bench.services import FOLDER, services
from bench.systems import BY_NAME, System
from bench.turns import Turns, counted
from jobs.localservices.launcher import Launcher

_IDLE, _PACED, _RATE = 10.0, 12.0, 25  # seconds, seconds, jobs/s: slow enough that no two share anything
_ONES, _MANY = 600, 6000  # enqueues that are measured
_SETTLE = 2.0  # seconds until statistics are written and processes are at rest
_SIZES = "SELECT sum(pg_total_relation_size(relid)) FROM pg_stat_user_tables"
_ROWS = "SELECT sum(n_tup_ins), sum(n_tup_upd), sum(n_tup_del) FROM pg_stat_user_tables"
_LOG = "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')"


@dataclass(frozen=True)
class Used:
    """CPU of each part, in microseconds of one core."""

    dispatcher: float
    worker: float
    postgres: float
    redis: float

    def __sub__(self, other: "Used") -> "Used":
        mine, theirs = asdict(self), asdict(other)
        return Used(**{name: mine[name] - theirs[name] for name in mine})

    def times(self, factor: float) -> "Used":
        """All of it, by so much."""
        return Used(**{name: value * factor for name, value in asdict(self).items()})


@dataclass(frozen=True)
class Costs:
    """Of a job, but for `idle`, which is per second of all processes together, and the connections.

    `turns`: round trips of a dispatcher and of a worker. `kept`: rows written, bytes on disk, of the write-ahead log
    and in Redis. `connections`, to PostgreSQL and to Redis: of a dispatcher, a worker's main process, a child of it.
    """

    idle: Used
    alone: Used
    together: Used
    enqueue: Mapping[str, float]
    turns: Mapping[str, float]
    kept: Mapping[str, float]
    connections: Mapping[str, tuple[int, int]]


def main() -> None:
    """Measure both ways, keep and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.costs", description=__doc__)
    parser.add_argument("--jobs", type=int, default=6000, help="that wait together")
    parser.add_argument("--keep", type=Path, help="write to this file instead of bench/results")
    options = parser.parse_args()
    with services() as launcher:
        found = {
            "single": asdict(measured(BY_NAME["millrace-single"], options.jobs, launcher)),
            "bundled": asdict(measured(BY_NAME["millrace"], options.jobs, launcher)),
        }
    about = {
        "measured": datetime.now(UTC).date().isoformat(), "jobs": options.jobs, "cores": os.cpu_count(),
        "machine": _processor(), "python": platform.python_version(),
        "load": round(os.getloadavg()[0], 1),
    }  # fmt: skip
    text = json.dumps({"about": about, **found}, indent=1)
    RESULTS.mkdir(exist_ok=True)
    path = options.keep or RESULTS / time.strftime("costs-%Y%m%d-%H%M%S.json")
    path.write_text(text + "\n")
    print(text)
    print(f"Kept in {path}", file=sys.stderr)


def measured(system: System, jobs: int, launcher: Launcher) -> Costs:
    """One run; the round trips in another one, behind proxies, as these cost CPU too."""
    given = fresh(system, launcher)
    enqueue = _enqueueing(system, given, launcher)
    with running(system.worker_commands(), system.env(given), FOLDER / "costs.log") as pids:
        meter = _Meter(system, given, launcher, pids[0], pids[1])
        awaited(Path(given["BENCH_RECORDS"]), 1 + _ONES + _MANY)
        time.sleep(_SETTLE + 3.0)
        idle = meter.idle()
        alone = meter.paced(idle)
        before = meter.kept()
        together = meter.drained(jobs, idle)
        kept = {name: (value - before[name]) / jobs for name, value in meter.kept().items()}
        connections = meter.connections()
    return Costs(
        idle,
        replace(alone, postgres=alone.postgres - enqueue["one"]),  # an enqueue is told by itself
        replace(together, postgres=together.postgres - enqueue["many"]),
        enqueue,
        _turns(system, launcher),
        kept,
        connections,
    )


def _enqueueing(system: System, given: Mapping[str, str], launcher: Launcher) -> dict[str, float]:
    """CPU of PostgreSQL for an enqueue of one, and for one of many, without that for the connection."""
    pid = launcher.postgres.pid or 0
    used = [cpu_seconds([pid])]
    for how, count in (("one", 1), ("one", _ONES), ("many", _MANY)):
        system.ask(given, how, 0, count)
        used.append(cpu_seconds([pid]))
    connecting, one, many = (after - before for before, after in pairwise(used))
    return {"one": (one - connecting) / _ONES * 1e6, "many": (many - connecting) / _MANY * 1e6}


@dataclass
class _Meter:
    """Looks at the parts while they work."""

    system: System
    given: Mapping[str, str]
    launcher: Launcher
    dispatcher: int
    worker: int

    def used(self) -> Used:
        """So far."""
        servers = (self.launcher.postgres.pid or 0, self.launcher.valkey.pid or 0)
        pids = (self.dispatcher, self.worker, *servers)
        return Used(*(cpu_seconds([pid]) * 1e6 for pid in pids))

    def idle(self) -> Used:
        """A second without jobs."""
        before, began = self.used(), time.monotonic()
        time.sleep(_IDLE)
        return (self.used() - before).times(1 / (time.monotonic() - began))

    def paced(self, idle: Used) -> Used:
        """Jobs one at a time, with their enqueues."""
        before, began, seen = self.used(), time.monotonic(), self._seen()
        self.system.ask(self.given, "pace", _RATE, _PACED)
        count = 1 + int(_RATE * _PACED)
        awaited(Path(self.given["BENCH_RECORDS"]), seen + count)
        time.sleep(1.0)
        return (self.used() - before - idle.times(time.monotonic() - began)).times(1 / count)

    def drained(self, jobs: int, idle: Used) -> Used:
        """Jobs that wait together, with their enqueues."""
        before, began, seen = self.used(), time.monotonic(), self._seen()
        self.system.ask(self.given, "many", 0, jobs)
        awaited(Path(self.given["BENCH_RECORDS"]), seen + jobs)
        time.sleep(1.0)
        return (self.used() - before - idle.times(time.monotonic() - began)).times(1 / jobs)

    def kept(self) -> dict[str, float]:
        """Rows and bytes so far."""
        time.sleep(_SETTLE)
        with psycopg.connect(self.given["DATABASE_URL"]) as connection:
            rows = connection.execute(_ROWS).fetchone() or ()
            size = connection.execute(_SIZES).fetchone() or (0,)
            log = connection.execute(_LOG).fetchone() or (0,)
        memory: Any = redis.Redis.from_url(self.launcher.addresses().redis_url).info("memory")
        return {
            "rows": float(sum(rows)), "table_bytes": float(size[0]), "wal_bytes": float(log[0]),
            "redis_bytes": float(memory["used_memory"]),
        }  # fmt: skip

    def connections(self) -> dict[str, tuple[int, int]]:
        """To PostgreSQL and to Redis: of a dispatcher, of a worker's main process, of one of its children."""
        ports = [urlsplit(self.given[name]).port for name in ("DATABASE_URL", "REDIS_URL")]

        def of(process: psutil.Process) -> tuple[int, int]:
            open_to = [link.raddr.port for link in process.net_connections("tcp") if link.raddr]
            return open_to.count(ports[0]), open_to.count(ports[1])

        main = psutil.Process(self.worker)
        children = [of(child) for child in main.children()]
        return {
            "dispatcher": of(psutil.Process(self.dispatcher)), "worker": of(main),
            "child": (max(one for one, _ in children), max(one for _, one in children)),
        }  # fmt: skip

    def _seen(self) -> int:
        return len(noop.read(Path(self.given["BENCH_RECORDS"])))


def _turns(system: System, launcher: Launcher) -> dict[str, float]:
    """Round trips of a job that comes alone: those of the dispatcher, and those of the worker."""
    given = fresh(system, launcher)
    with ExitStack() as stack:
        proxies = []
        for command in system.worker_commands():
            moved = dict(given)
            for name in ("DATABASE_URL", "REDIS_URL"):
                proxies.append(stack.enter_context(counted(urlsplit(given[name]).port or 0)))
                moved[name] = _at(given[name], proxies[-1].port)
            stack.enter_context(running([command], system.env(moved), FOLDER / "costs.log"))
        system.ask(given, "many", 0, 200)
        awaited(Path(given["BENCH_RECORDS"]), 200)
        time.sleep(_SETTLE + 3.0)
        return _counted(system, given, proxies)


def _counted(system: System, given: Mapping[str, str], proxies: Sequence[Turns]) -> dict[str, float]:
    """The first two proxies are the dispatcher's, the others the worker's."""

    def counts() -> tuple[int, int]:
        return proxies[0].count + proxies[1].count, proxies[2].count + proxies[3].count

    began, start = time.monotonic(), counts()
    time.sleep(_IDLE)
    idle = [
        (after - before) / (time.monotonic() - began) for before, after in zip(start, counts(), strict=True)
    ]
    began, start, jobs = time.monotonic(), counts(), 1 + int(_RATE * _PACED)
    system.ask(given, "pace", _RATE, _PACED)
    awaited(Path(given["BENCH_RECORDS"]), 200 + jobs)
    seconds = time.monotonic() - began
    found = zip(start, counts(), idle, strict=True)
    dispatcher, worker = (max(0.0, after - before - rest * seconds) / jobs for before, after, rest in found)
    return {"dispatcher": dispatcher, "worker": worker}


def _at(url: str, port: int) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.replace(f":{parts.port}", f":{port}")))


def _processor() -> str:
    """Its name where Linux tells."""
    told = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    named = [line.partition(":")[2].strip() for line in told if line.startswith("model name")]
    return named[0] if named else platform.machine()


if __name__ == "__main__":
    main()
