"""`python -m bench.backlog`: does a large backlog slow anything down? One measurement per size, then ratios.

For each size: so many jobs wait; on top of them jobs are enqueued in bulk and one by one; then the dispatcher
and a worker start, and the first jobs are timed from start to start. Redis is asked before the jobs and when
the measured ones have run: waiting jobs are no business of its.
"""

import argparse
import json
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import redis

from bench.measure import awaited, fresh
from bench.processes import running
from bench.report import FOLDER as RESULTS
from bench.services import FOLDER, services
from bench.systems import BY_NAME, System
from jobs.localservices.launcher import Launcher

_BATCH = 50_000  # jobs of one call: its list and its transaction stay small
_ONES = 500


@dataclass(frozen=True)
class Backlog:
    """Rates in jobs/s; Redis in MB, before the jobs and with the backlog behind a running dispatcher."""

    waiting: int
    fill_per_s: float
    many_per_s: float
    one_per_s: float
    drain_per_s: float
    redis_before: float
    redis_with: float


def main() -> None:
    """The smallest first, and the ratio of the last to the first."""
    parser = argparse.ArgumentParser(prog="python -m bench.backlog", description=__doc__)
    parser.add_argument("--sizes", default="10000,1000000", metavar="A,B", help="waiting jobs")
    parser.add_argument("--drain", type=int, default=5000, help="jobs that are timed")
    options = parser.parse_args()
    sizes = sorted(int(size) for size in options.sizes.split(","))
    if options.drain >= sizes[0]:
        parser.error("--drain must be smaller than every size: there is to be a backlog until the end")
    found = []
    with services() as launcher:
        for size in sizes:
            found.append(_measured(BY_NAME["millrace"], size, options.drain, launcher))
            print(json.dumps(asdict(found[-1])), file=sys.stderr, flush=True)
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / time.strftime("backlog-%Y%m%d-%H%M%S.json")
    path.write_text(json.dumps([asdict(each) for each in found], indent=1))
    print(table(found))


def table(found: Sequence[Backlog]) -> str:
    """A row per size, and a last one with the ratio of the largest to the smallest."""
    lines = ["| waiting | fill/s | bulk/s | one/s | drain jobs/s | Redis before, MB | Redis with it, MB |"]
    lines.append("|--:" * 7 + "|")
    lines += [f"| {' | '.join(f'{value:,.1f}' for value in asdict(each).values())} |" for each in found]
    first, last = asdict(found[0]), asdict(found[-1])
    ratios = (f"{last[name] / first[name]:.2f}" if first[name] else "-" for name in first)
    return "\n".join([*lines, f"| {' | '.join(ratios)} |"])


def _measured(system: System, size: int, drain: int, launcher: Launcher) -> Backlog:
    given = fresh(system, launcher)
    records = Path(given["BENCH_RECORDS"])
    before = _redis(launcher)
    fill = _filled(system, given, size)
    many = system.ask(given, "many", size, drain) or 0.0
    one = system.ask(given, "one", size + drain, _ONES) or 0.0
    with running(system.worker_commands(), system.env(given), FOLDER / "backlog.log"):
        starts = sorted(at for _, at in awaited(records, drain))[:drain]
        after = _redis(launcher)
    rate = (len(starts) - 1) / (starts[-1] - starts[0])
    return Backlog(size, fill, many, one, rate, before, after)


def _filled(system: System, given: Mapping[str, str], size: int) -> float:
    seconds = 0.0
    for first in range(0, size, _BATCH):
        count = min(_BATCH, size - first)
        seconds += count / (system.ask(given, "many", first, count) or 1.0)
    return size / seconds


def _redis(launcher: Launcher) -> float:
    return float(redis.Redis.from_url(launcher.addresses().redis_url).info("memory")["used_memory"]) / 2**20


if __name__ == "__main__":
    main()
