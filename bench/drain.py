"""How fast a backlog is worked off: from the first start of a job to the last, and to the last stored."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

import psutil

from bench import noop
from bench.systems import ROOT, SYSTEMS, System
from jobs.localservices.throwaway import throwaway


@dataclass(frozen=True)
class Run:
    """One measured run. `cpu_us` is CPU time of all processes and servers per job, in microseconds."""

    system: str
    jobs: int
    enqueue_per_s: float
    drain_per_s: float
    stored_per_s: float | None
    cpu_us: float
    exact: bool


def measure(jobs: int, rounds: int, only: str | None, systems: Sequence[System] = SYSTEMS) -> list[Run]:
    """Interleaved rounds over all systems."""
    chosen = [system for system in systems if only is None or system.name.startswith(only)]
    runs = []
    for _ in range(rounds):
        for system in chosen:
            runs.append(_measured(system, jobs))
            print(json.dumps(asdict(runs[-1])), flush=True)
    return runs


def table(runs: list[Run]) -> str:
    """Medians per system as a Markdown table; ratios are to the first system."""
    lines = [
        "| system | drain jobs/s | ratio | stored jobs/s | enqueue/s | CPU us/job | exact |",
        "|---|---|---|---|---|---|---|",
    ]
    names = list(dict.fromkeys(run.system for run in runs))
    base = median(run.drain_per_s for run in runs if run.system == names[0])
    for name in names:
        mine = [run for run in runs if run.system == name]
        drain = median(run.drain_per_s for run in mine)
        stored = [run.stored_per_s for run in mine if run.stored_per_s is not None]
        spread = f"{min(r.drain_per_s for r in mine):,.0f}-{max(r.drain_per_s for r in mine):,.0f}"
        lines.append(
            f"| {name} | {drain:,.0f} ({spread}) | {drain / base:.2f} | {median(stored) if stored else 0:,.0f} "
            f"| {median(r.enqueue_per_s for r in mine):,.0f} | {median(r.cpu_us for r in mine):,.0f} "
            f"| {'yes' if all(run.exact for run in mine) else 'NO'} |"
        )
    return "\n".join(lines)


def _measured(system: System, jobs: int) -> Run:
    with throwaway(ROOT / ".millrace" / "bench") as launcher:
        addresses = launcher.up()
        folder = ROOT / ".millrace" / "bench"
        records = folder / "records"
        records.unlink(missing_ok=True)
        environment = {
            "DATABASE_URL": addresses.database_url,
            "REDIS_URL": addresses.redis_url,
            "BENCH_RECORDS": str(records),
        }
        _migrate(environment)
        enqueue_seconds = system.fill(jobs, environment)
        with _running(system, environment, folder / "log") as started:
            _wait_for_records(records, 1)  # starting up is not part of the cost of a job
            before = _cpu(started)
            seen = _wait_for_records(records, jobs)
            first, last = min(at for _, at in seen), max(at for _, at in seen)
            stored_at = _wait_for_stored(system, environment, jobs)
            cpu = _cpu(started) - before
    values = [value for value, _ in seen]
    return Run(
        system=system.name,
        jobs=jobs,
        enqueue_per_s=jobs / enqueue_seconds,
        drain_per_s=(jobs - 1) / (last - first),
        stored_per_s=None if stored_at is None else (jobs - 1) / (stored_at - first),
        cpu_us=cpu / jobs * 1e6,
        exact=sorted(values) == [float(n) for n in range(jobs)],
    )


def _migrate(environment: Mapping[str, str]) -> None:
    command = [str(ROOT / ".venv/bin/python"), "manage.py", "migrate", "-v0"]
    subprocess.run(command, cwd=ROOT, env=os.environ | dict(environment), check=True)


@contextmanager
def _running(
    system: System, environment: Mapping[str, str], log: Path
) -> Iterator[list[subprocess.Popen[bytes]]]:
    started = system.start(environment, log)
    try:
        yield started
    finally:
        for process in started:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait_for_records(path: Path, jobs: int) -> list[tuple[float, float]]:
    deadline = time.monotonic() + 300
    while len(seen := noop.read(path)) < jobs and time.monotonic() < deadline:
        time.sleep(0.05)
    return seen


def _wait_for_stored(system: System, environment: Mapping[str, str], jobs: int) -> float | None:
    """The moment at which the history was seen complete, asked from a process that is slow to start: an
    upper bound, so the rate is a lower one."""
    if not system.count_script:
        return None
    asked = time.monotonic()
    while system.stored(environment) < jobs and time.monotonic() < asked + 120:
        asked = time.monotonic()
    return asked


def _cpu(started: list[subprocess.Popen[bytes]]) -> float:
    """CPU seconds used so far by the processes, their children, and the servers."""
    own = [psutil.Process(process.pid) for process in started]
    family = own + [child for process in own for child in process.children(recursive=True)]
    folder = str(ROOT / ".millrace" / "bench")
    family += [p for p in psutil.process_iter() if p not in family and _serves(p, folder)]
    return sum(_used(process) for process in family)


def _serves(process: psutil.Process, folder: str) -> bool:
    try:
        names = {process.name(), *(parent.name() for parent in process.parents()[:1])}
        return bool(names & {"postgres", "valkey-server", "redis-server"}) and _within(process, folder)
    except psutil.Error:
        return False


def _within(process: psutil.Process, folder: str) -> bool:
    return any(
        folder in " ".join(p.cmdline()) or p.cwd().startswith(folder)
        for p in (process, *process.parents()[:1])
    )


def _used(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.Error:
        return 0.0
    return float(times.user + times.system)
