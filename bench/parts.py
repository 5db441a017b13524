"""`python -m bench.parts`: where a job's CPU time goes, process by process.

Microseconds per job of draining no-op jobs, measured from the first start to the last outcome.
"""

import argparse
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

import psutil

from bench.measure import awaited, fresh
from bench.processes import cpu_seconds, running
from bench.services import FOLDER, services
from bench.systems import System, chosen
from jobs.localservices.launcher import Launcher

_SYSTEMS = "celery,celery-no-ack-emulation,millrace-single,millrace"
_PARTS = ("dispatcher", "worker", "pool", "PostgreSQL", "Redis")
_SETTLE = 1.0  # seconds for the last outcomes to be stored

Used = Mapping[str, float]


def parts_of(system: System, jobs: int, launcher: Launcher) -> dict[str, float]:
    """CPU us per job of each part that the system has: a worker's main process and its pool apart."""
    given = fresh(system, launcher)
    records = Path(given["BENCH_RECORDS"])
    system.ask(given, "many", 0, jobs) or system.ask(given, "one", 0, jobs)
    log = FOLDER / f"{system.name}.log"
    with running(system.worker_commands(), system.env(given), log) as workers:
        awaited(records, 1)
        before = _used(workers, launcher)
        awaited(records, jobs)
        time.sleep(_SETTLE)
        after = _used(workers, launcher)
    return {name: (after[name] - before.get(name, 0.0)) / jobs * 1e6 for name in after}


def _used(workers: Iterable[int], launcher: Launcher) -> Used:
    used = dict.fromkeys(_PARTS, 0.0)
    for pid in workers:
        main = psutil.Process(pid)
        own = sum(main.cpu_times()[:2])
        used["dispatcher" if "dispatcher" in main.cmdline() else "worker"] += own
        used["pool"] += cpu_seconds([pid]) - own
    used["PostgreSQL"] = cpu_seconds([launcher.postgres.pid]) if launcher.postgres.pid else 0.0
    used["Redis"] = cpu_seconds([launcher.valkey.pid]) if launcher.valkey.pid else 0.0
    return used


def main() -> None:
    """Print a Markdown table, a row per system."""
    parser = argparse.ArgumentParser(prog="python -m bench.parts", description=__doc__)
    parser.add_argument("--systems", metavar="A,B", default=_SYSTEMS, help="default: %(default)s")
    parser.add_argument("--jobs", type=int, default=10_000, help="per system")
    options = parser.parse_args()
    print(f"| CPU us/job | {' | '.join(_PARTS)} | all |")
    print(f"|---|{'---:|' * (len(_PARTS) + 1)}")
    with services() as launcher:
        for system in chosen(options.systems):
            told = parts_of(system, options.jobs, launcher)
            cells = [*(told[name] for name in _PARTS), sum(told.values())]
            print(f"| {system.name} | {' | '.join(f'{cell:,.0f}' for cell in cells)} |", flush=True)


if __name__ == "__main__":
    main()
