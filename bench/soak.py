"""`python -m bench.soak`: the whole platform under a mixed load, watched for what grows.

Two dispatchers, two workers, two beats and the web run; jobs of every kind but those that end in the dead
letters (these are kept) come at a steady rate. Every few seconds: memory (shared pages counted once) and
descriptors of each process with its children, the size of each table with its indexes, what Redis holds, and
how many jobs have not ended.
"""

import argparse
import json
import os
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import redis

from bench.processes import descriptors, proportional_bytes
from bench.report import FOLDER as RESULTS
from bench.services import FOLDER, server_ids, this_project
from bench.slopes import slopes, table
from jobs.chaos.crew import Crew, whole_platform
from jobs.localservices.launcher import Launcher
from jobs.localservices.ports import choose

if TYPE_CHECKING:
    from jobs.chaos.plan import Call

_MB = 2**20
_TABLES = """
SELECT relname, pg_total_relation_size(oid) FROM pg_class WHERE relkind = 'r' AND relname ~ '^(jobs|monitoring)_'
"""

Sample = dict[str, float]


def main() -> None:
    """Start, wait, sample, stop, tell."""
    options = _options()
    logs = FOLDER / "soak"
    logs.mkdir(parents=True, exist_ok=True)
    with this_project("bench.soak_settings") as launcher:
        os.environ["JOBS_CHAOS_QUEUES"] = ",".join(_housekeeping())
        crew = whole_platform(logs, workers=2, lease=30.0, port=choose(0), project="config")
        crew.start()
        try:
            samples = _soaked(options, crew, launcher)
        finally:
            crew.stop()
    found = slopes(samples, options.warm_up * 60)
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / time.strftime("soak-%Y%m%d-%H%M%S.json")
    path.write_text(json.dumps({"slopes": [asdict(slope) for slope in found], "samples": samples}))
    print(table(found))
    print(f"{len(samples)} samples kept in {path}")


def _housekeeping() -> set[str]:
    """The queues of what keeps tables small; the workers take them, too."""
    from jobs.configuration import queue_book
    from jobs.schedules import declared

    return {queue_book().of_task(schedule.task).name for schedule in declared()}


def _soaked(options: argparse.Namespace, crew: Crew, launcher: Launcher) -> list[Sample]:
    from jobs.chaos import marks
    from jobs.chaos.history import History
    from jobs.chaos.load import Load

    marks.create_table()
    seconds = options.minutes * 60
    load = Load(History(Path(os.devnull)), _plan(int(options.rate * seconds)), seconds)
    thread = threading.Thread(target=load.run, name="load", daemon=True)
    thread.start()
    samples: list[Sample] = []
    while thread.is_alive():
        thread.join(options.every)
        samples.append(_sample(crew, launcher, load.done))
    return samples


def _plan(jobs: int) -> Sequence["Call"]:
    """Every kind of job but those whose end is a dead letter."""
    from jobs.chaos.plan import calls

    return [
        call
        for call in calls(jobs, seed=1)
        if call.kind not in {"poison", "doomed"} and call.data.get("fails", 0) < 6
    ]


def _sample(crew: Crew, launcher: Launcher, calls: int) -> Sample:
    from django.db import connection

    from jobs.models import Job
    from jobs.states import TERMINAL

    found: Sample = {"at": time.time(), "calls made": calls}
    roots = {member.name: [member.process.pid] for member in crew.members if member.process}
    roots |= dict(zip(("postgres", "valkey"), ([pid] for pid in server_ids(launcher)), strict=True))
    for name, pids in roots.items():
        found[f"{name}, MB"] = proportional_bytes(pids) / _MB
        found[f"{name}, descriptors"] = descriptors(pids)
    memory = redis.Redis.from_url(launcher.addresses().redis_url).info("memory")
    found["redis, MB"] = memory["used_memory"] / _MB
    found["jobs that have not ended"] = Job.objects.exclude(state__in=TERMINAL).count()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM chaos_execution WHERE began < now() - interval '1 minute'")
        cursor.execute(_TABLES)
        found |= {f"{table}, MB": size / _MB for table, size in cursor.fetchall()}
    return found


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--rate", type=float, default=40, help="jobs/s")
    parser.add_argument("--every", type=float, default=5, metavar="SECONDS", help="between samples")
    parser.add_argument(
        "--warm-up", type=float, metavar="MINUTES", help="not looked at; a quarter of the time"
    )
    options = parser.parse_args()
    options.warm_up = options.minutes / 4 if options.warm_up is None else options.warm_up
    if options.minutes - options.warm_up < options.every / 60 * 3:
        parser.error("too short: at least three samples must come after the warm-up")
    return options


if __name__ == "__main__":
    main()
