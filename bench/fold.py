"""`python -m bench.fold`: what the database side of a job costs, alone: enqueue one, enqueue many, fold.

CPU of this process and of PostgreSQL together, in microseconds per job, the lower quartile of many rounds:
figures that two checkouts can be compared by on a busy machine. With BENCH_MONITORING=0 nothing is counted.
"""

import argparse
import time
from collections.abc import Callable
from statistics import quantiles

import psutil

from bench.services import this_project

_SIZE = 500  # jobs in a batch


def main(rounds: int) -> None:
    """Measure and print."""
    with this_project():
        _measure(rounds)


def _measure(rounds: int) -> None:
    from bench.tasks import noop
    from config.celery import app

    app.loader.import_default_modules()  # with BENCH_MONITORING=0 also what takes monitoring out
    from jobs.dispatcher.fold import fold
    from jobs.fence.events import Event

    costs: dict[str, list[float]] = {"enqueue one": [], "enqueue many": [], "fold": []}
    for _ in range(rounds):
        _timed(costs["enqueue one"], lambda: [noop.delay(0.0) for _ in range(50)], 50)
        made: list[str] = []
        payloads = [{"value": 0.0}] * _SIZE
        _timed(costs["enqueue many"], lambda: made.extend(r.id for r in noop.enqueue_many(payloads)), _SIZE)  # noqa: B023 -- called at once
        now = int(time.time() * 1000)
        events = []
        for uid in made:
            events.append(Event("bench", f"{now}-0", "started", uid, 1, now, 0, "w"))
            events.append(
                Event("bench", f"{now}-1", "completed", uid, 1, now + 3, now, "w", {"result": "null"})
            )
        _timed(costs["fold"], lambda: fold(events), _SIZE)  # noqa: B023 -- called at once
        _housekeeping()
    for name, found in costs.items():
        print(f"{name}: {quantiles(found, n=4)[0]:.1f} us of CPU per job")


def _housekeeping() -> None:
    """What the leader does beside the fold, where there is such a thing."""
    try:
        from jobs.store.metrics import add_tallies
    except ImportError:
        return
    add_tallies(["bench"])


def _timed(costs: list[float], work: Callable[[], object], jobs: int) -> None:
    family = [psutil.Process(), _server()]
    before = sum(_used(process) for process in family)
    work()
    costs.append((sum(_used(process) for process in family) - before) / jobs * 1e6)


def _server() -> psutil.Process:
    """The server process behind our connection."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return psutil.Process(cursor.fetchone()[0])


def _used(process: psutil.Process) -> float:
    """CPU seconds, to the microsecond where the kernel tells (/proc/PID/schedstat, in ns)."""
    with open(f"/proc/{process.pid}/schedstat", encoding="ascii") as file:
        return int(file.read().split()[0]) / 1e9


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.fold", description=__doc__)
    parser.add_argument("--rounds", type=int, default=40)
    main(parser.parse_args().rounds)
