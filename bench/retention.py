"""`python -m bench.retention`: millions of finished jobs go while others come, and nobody waits for it.

A dispatcher and a worker run; a job is enqueued every tenth of a second while retention prunes. The figure
that matters is how long these jobs took from their enqueue to their end, compared with afterwards.
"""

import argparse
import sys
import time
from collections.abc import Sequence

from bench.processes import running
from bench.services import FOLDER, this_project

_FINISHED = """
INSERT INTO jobs_job (uid, queue, task, state, priority, args, kwargs, options, runs, attempt, stalls, snoozes,
    pending_children, correlation_id, subject, tags, worker, reason, created_at, finished_at)
SELECT 'old' || n, 'maintenance', 'bench.noop', 'completed', 5, '[]', '{}', '{}', 1, 1, 0, 0, 0, '', '', '{}', 'w',
    '', now() - interval '1 day', now() - interval '1 hour'
FROM generate_series(1, %s) AS n
"""
_ATTEMPTS = """
INSERT INTO jobs_attempt (job_id, run, outcome, ended_at, seconds, worker, error_type, error, traceback, reason)
SELECT id, 1, 'completed', finished_at, 0.1, 'w', '', '', '', '' FROM jobs_job WHERE queue = 'maintenance'
"""
_KEPT = 100  # of the queue maintenance


def main(jobs: int) -> None:
    """Fill, let it run, print what was seen."""
    with this_project():
        _fill(jobs)
        commands = [
            ["manage.py", "dispatcher", "--queues", "bench,maintenance"],
            ["-m", "celery", "-A", "config", "worker", "-Q", "bench", "-c", "2", "-l", "WARNING"],
        ]
        with running([[sys.executable, *words] for words in commands], {}, FOLDER / "retention.log"):
            _watch(jobs)


def _fill(jobs: int) -> None:
    from django.db import connection

    began = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(_FINISHED, [jobs])
        cursor.execute(_ATTEMPTS)
        cursor.execute("ANALYZE jobs_job, jobs_attempt")
    print(f"filled {jobs:,} finished jobs in {time.perf_counter() - began:.0f} s", flush=True)


def _watch(jobs: int) -> None:
    _one()
    began, took = time.perf_counter(), list[float]()
    left = jobs
    while left > _KEPT:
        took.append(_one())
        left = _left()
        if len(took) % 100 == 0:
            print(f"{left:,} left, {_sentence(took[-100:])}", flush=True)
    seconds = time.perf_counter() - began
    print(f"a job afterwards: {_sentence([_one() for _ in range(100)])}")
    print(f"{jobs / seconds:,.0f} jobs/s pruned; a job while it ran: {_sentence(took)}")


def _one() -> float:
    """Seconds from a job's enqueue to its end; then a rest."""
    from bench.tasks import noop

    asked = time.perf_counter()
    noop.delay(0.0).get(timeout=60)
    took = time.perf_counter() - asked
    time.sleep(0.1)
    return took


def _left() -> int:
    """About: the statistics of the index would lag, a count of all would be part of the load."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT max(id) - min(id) FROM jobs_job WHERE queue = 'maintenance' AND state = 'completed')"
        )
        return int(cursor.fetchone()[0] or 0) + 1


def _sentence(took: Sequence[float]) -> str:
    ordered = sorted(took)
    worst = ordered[-1] * 1000
    p50, p99 = (ordered[int(len(ordered) * share)] * 1000 for share in (0.5, 0.99))
    return f"p50 {p50:.0f} ms, p99 {p99:.0f} ms, worst {worst:.0f} ms ({len(took)} jobs)"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.retention", description=__doc__)
    parser.add_argument("--jobs", type=int, default=2_000_000, help="finished jobs to prune")
    main(parser.parse_args().jobs)
