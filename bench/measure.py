"""One run of one system: enqueue, drain, then a low load for the latency, all on the same workers."""

import subprocess
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

from bench import noop
from bench.processes import cpu_seconds, resident_bytes, running
from bench.services import FOLDER, emptied, environment, server_ids
from bench.systems import System
from jobs.localservices.launcher import Launcher

_STUCK = 30.0  # seconds without a record, after which the rest counts as missing
_SETTLE = 1.0  # seconds in which a second execution may still come
_RATE = 50  # jobs/s for the latency


@dataclass(frozen=True)
class Run:
    """None where a system has no such thing. CPU is of all processes and servers, memory of the workers alone."""

    system: str
    jobs: int
    missing: int
    doubled: int
    drain_per_s: float
    stored_per_s: float | None
    one_per_s: float
    many_per_s: float | None
    p50_ms: float
    p99_ms: float
    cpu_us: float
    rss_mb: float
    note: str = ""


def measure(system: System, jobs: int, seconds: float, launcher: Launcher) -> Run:
    """`seconds` is how long the latency is looked at."""
    given = fresh(system, launcher)
    records = Path(given["BENCH_RECORDS"])
    log = FOLDER / f"{system.name}.log"
    jobs = max(50, int(jobs * system.share))
    one_per_s, many_per_s = _enqueued(system, given, jobs)
    with (
        _history(system, given, jobs) as stored_at,
        running(system.worker_commands(), system.env(given), log) as workers,
    ):
        family = [*workers, *server_ids(launcher)]
        awaited(records, 1)  # starting up is no part of the cost of a job
        before = cpu_seconds(family)
        starts = [at for _, at in awaited(records, jobs)]
        end = stored_at()
        cpu, memory = cpu_seconds(family) - before, resident_bytes(workers)
        time.sleep(_SETTLE)
        drained = noop.read(records)
        p50, p99 = _latency(system, given, records, seconds)
    first, counts = min(starts), Counter(value for value, _ in drained)
    return Run(
        system.name, jobs,
        missing=sum(not counts[float(value)] for value in range(jobs)),
        doubled=sum(count > 1 for count in counts.values()),
        drain_per_s=(len(starts) - 1) / (max(starts) - first),
        stored_per_s=(jobs - 1) / (end - first) if end else None,
        one_per_s=one_per_s, many_per_s=many_per_s, p50_ms=p50, p99_ms=p99,
        cpu_us=cpu / jobs * 1e6, rss_mb=memory / 2**20, note=system.note,
    )  # fmt: skip


def fresh(system: System, launcher: Launcher) -> dict[str, str]:
    """Empty servers with the system's tables, an empty file of records; the environment that leads there."""
    emptied(launcher)
    records = FOLDER / "records"
    records.unlink(missing_ok=True)
    given = {**environment(launcher), "BENCH_RECORDS": str(records)}
    system.ask(given, "prepare")
    return given


def awaited(path: Path, jobs: int) -> list[tuple[float, float]]:
    """The records, when there are so many or none has come for long; none at all is an error."""
    seen, since = noop.read(path), time.monotonic()
    while len(seen) < jobs and time.monotonic() - since < _STUCK:
        time.sleep(0.02)
        if len(found := noop.read(path)) > len(seen):
            seen, since = found, time.monotonic()
    if not seen:
        raise RuntimeError(f"no job was started within {_STUCK:g} s; see the log in {FOLDER}")
    return seen


def _enqueued(system: System, given: Mapping[str, str], jobs: int) -> tuple[float, float | None]:
    """A quarter one by one; the rest in bulk where there is such a call, else one by one too."""
    ones = jobs // 4
    one = system.ask(given, "one", 0, ones)
    many = system.ask(given, "many", ones, jobs - ones)
    if many is None:
        system.ask(given, "one", ones, jobs - ones)
    return one or 0.0, many


@contextmanager
def _history(system: System, given: Mapping[str, str], jobs: int) -> Iterator["_History"]:
    process = subprocess.Popen(
        system.command("stored", jobs), env=system.env(given), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )  # fmt: skip
    try:
        yield _History(process)
    finally:
        process.kill()
        process.communicate()


class _History:
    """Called when every job has started: the moment at which the history was complete, None without one."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._keeps = bool(process.stdout and process.stdout.readline())  # it has started up, or said nothing

    def __call__(self) -> float | None:
        if not self._keeps:
            return None
        answer = self._process.communicate("now\n")[0]
        return float(answer) if answer.strip() else None


def _latency(system: System, given: Mapping[str, str], records: Path, seconds: float) -> tuple[float, float]:
    before = len(noop.read(records))
    system.ask(given, "pace", _RATE, seconds)
    fresh = awaited(records, before + 1 + int(_RATE * seconds))[before:]
    _, *asked = sorted(fresh, reverse=True)  # without the first, which connects
    return _percentiles([(start + value) * 1000 for value, start in asked])


def _percentiles(waits: Sequence[float]) -> tuple[float, float]:
    cuts = quantiles(waits, n=100, method="inclusive")
    return cuts[49], cuts[98]
