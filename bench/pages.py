"""`python -m bench.pages`: how long the pages, the API's lists and the admin take with a million jobs.

The rows are written by SQL, spread over every queue and a day as a busy site leaves them. Each address is asked
once to warm it up, then `--rounds` times; the table has the median of the clock and, for a machine that others
use as well, the mean of CPU, of this process and both servers together.
"""

import argparse
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from bench.processes import cpu_seconds
from bench.services import server_ids, this_project
from jobs.localservices.launcher import Launcher

_PLACES = (
    "/",
    "/jobs",
    "/jobs?state=completed",
    "/jobs?state=failed",
    "/jobs?queue=orders",
    "/jobs?tag=common",
    "/jobs?tag=rare",
    "/jobs?tag=none",
    "/jobs?task=sync_orders",
    "/jobs?task=process_tts",
    "/jobs?task=nothing",
    "/jobs?q=nothing",
    "/queues/orders",
    "/dead-letters",
    "/schedules",
    "/workers",
    "/performance",
    "/api/v1/jobs/stats",
    "/api/v1/jobs/health",
    "/api/v1/jobs/failures",
    "/api/v1/jobs",
    "/api/v1/jobs?tag=common",
    "/api/v1/jobs?task=sync_orders",
    "/api/v1/jobs?task=nothing",
    "/api/v1/queues/orders",
    "/api/v1/queues/orders/priority-distribution",
    "/api/v1/queues/orders/dlq",
    "/api/v1/queues/orders/dlq/stats",
    "/api/v1/queues/metrics/all",
    "/metrics",
    "/admin/",
    "/admin/jobs/job/",
    "/admin/jobs/job/?state__exact=failed",
    "/admin/jobs/job/?queue=orders",
    "/admin/jobs/deadletter/",
    "/admin/jobs/deadletter/?resolution=retried",
    "/admin/jobs/attempt/",
    "/admin/jobs/attempt/?outcome=failed",
    "/admin/django_celery_results/taskresult/",
    "/admin/django_celery_results/taskresult/?status=FAILURE",
    "/admin/jobs/auditentry/",
)


@dataclass(frozen=True)
class Timed:
    """One address: the median of the clock and the mean of CPU, in milliseconds, and the size of the answer."""

    place: str
    wall_ms: float
    cpu_ms: float
    kilobytes: float


def main(rows: int, rounds: int, only: str) -> None:
    """Fill, ask, print."""
    with this_project() as launcher:
        began = time.perf_counter()
        _fill(rows)
        print(f"{rows:,} jobs written in {time.perf_counter() - began:.0f} s", flush=True)
        places = [place for place in _PLACES if place.startswith(only)]
        print(table(_measured(places, rounds, launcher)))


def table(found: Sequence[Timed]) -> str:
    """A row per address."""
    lines = ["| address | median ms | CPU ms | KB |", "|---|--:|--:|--:|"]
    lines += [f"| `{t.place}` | {t.wall_ms:.0f} | {t.cpu_ms:.0f} | {t.kilobytes:.0f} |" for t in found]
    return "\n".join(lines)


def _measured(places: Sequence[str], rounds: int, launcher: Launcher) -> list[Timed]:
    from django.contrib.auth.models import User
    from django.test import Client

    client = Client(raise_request_exception=False)
    client.force_login(User.objects.create_superuser("bench"))
    processes = [os.getpid(), *server_ids(launcher)]
    return [_timed(client, place, rounds, processes) for place in places]


def _timed(client: Any, place: str, rounds: int, processes: Sequence[int]) -> Timed:
    warm = client.get(place, HTTP_HOST="localhost")
    if warm.status_code != 200:
        raise SystemExit(f"{place} answered {warm.status_code}")
    walls, used = list[float](), cpu_seconds(processes)
    for _ in range(rounds):
        began = time.perf_counter()
        client.get(place, HTTP_HOST="localhost")
        walls.append(time.perf_counter() - began)
    cpu = (cpu_seconds(processes) - used) / rounds
    return Timed(place, median(walls) * 1000, cpu * 1000, len(warm.content) / 1000)


def _fill(rows: int) -> None:
    from django.db import connection

    from jobs.configuration import queue_book
    from jobs.names import registered_tasks

    queues = queue_book().names
    book = queue_book()
    tasks = [name for name in registered_tasks() if not name.startswith("celery.")]
    homes = [book.of_task(name).name for name in tasks]
    known: dict[str, Any] = {"rows": rows, "tasks": tasks, "homes": homes, "queues": queues}
    with connection.cursor() as cursor:
        for statement in _STATEMENTS:
            cursor.execute(statement, known)
    connection.commit()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


# One in 25 waits, one in 50 is delayed, one in 50 failed, a few hundred run; the rest completed. Jobs come
# oldest first, over a day; every third has the tag `common`, one in ten thousand `rare`.
_JOBS = """
INSERT INTO jobs_job (uid, queue, task, state, priority, args, kwargs, options, runs, attempt, stalls, snoozes,
    pending_children, correlation_id, subject, tags, worker, reason, created_at, run_at, started_at, finished_at)
SELECT 'job-' || n, queue, task, state, CASE WHEN n %% 7 = 0 THEN 7 ELSE 5 END, '[]',
    jsonb_build_object('address', md5(n::text)), '{}', (ended OR state = 'active')::int, ended::int, 0, 0, 0,
    CASE WHEN n %% 4 = 0 THEN 'flow-' || n / 40 ELSE '' END, '',
    CASE WHEN n %% 10000 = 0 THEN ARRAY['rare', 'common'] WHEN n %% 3 = 0 THEN ARRAY['common'] ELSE '{}' END,
    CASE WHEN ended THEN 'worker@host' ELSE '' END, '', at,
    CASE WHEN state = 'delayed' THEN now() + interval '1 hour' END,
    CASE WHEN ended OR state = 'active' THEN at + interval '1 second' END,
    CASE WHEN ended THEN at + interval '3 seconds' END
FROM (
    SELECT n, t.task, t.queue, s.state, s.state IN ('completed', 'failed') AS ended,
        now() - make_interval(secs => 86400.0 * (%(rows)s - n) / %(rows)s) AS at
    FROM generate_series(1, %(rows)s) AS n,
        LATERAL (SELECT (hashint8(n) & 1023) * cardinality(%(tasks)s::text[]) / 1024 + 1 AS i) AS chosen,
        LATERAL (SELECT (%(tasks)s::text[])[i] AS task, (%(homes)s::text[])[i] AS queue) AS t,
        LATERAL (SELECT CASE WHEN n %% 25 = 0 THEN 'waiting' WHEN n %% 50 = 1 THEN 'delayed'
            WHEN n %% 50 = 2 THEN 'failed' WHEN n %% 2500 = 3 THEN 'active' ELSE 'completed' END AS state) AS s
) AS made
"""
_ATTEMPTS = """
INSERT INTO jobs_attempt (job_id, run, outcome, started_at, ended_at, seconds, worker, error_type, error,
    traceback, reason)
SELECT id, 1, state, started_at, finished_at, 2, worker, CASE state WHEN 'failed' THEN 'ValueError' ELSE '' END,
    '', '', '' FROM jobs_job WHERE finished_at IS NOT NULL ORDER BY id
"""
_LETTERS = """
INSERT INTO jobs_deadletter (job_uid, queue, task, args, kwargs, options, priority, correlation_id, tags,
    error_type, error, traceback, fingerprint, retryable, reason, attempts, runs, failed_at, resolution,
    resolved_at, resolved_by, note)
SELECT uid, queue, task, args, kwargs, options, priority, correlation_id, to_jsonb(tags), 'ValueError', 'no',
    repeat('File "x.py", line 1' || chr(10), 30), md5(task || id %% 3), id %% 5 > 0, '', 1, 1, finished_at,
    CASE id %% 100 WHEN 2 THEN 'retried' ELSE '' END, CASE id %% 100 WHEN 2 THEN finished_at END, '', ''
FROM jobs_job WHERE state = 'failed' ORDER BY id
"""
_RESULTS = """
INSERT INTO django_celery_results_taskresult (task_id, task_name, worker, status, result, traceback, content_type,
    content_encoding, date_created, date_done)
SELECT uid, task, worker, CASE state WHEN 'failed' THEN 'FAILURE' ELSE 'SUCCESS' END, '{"rows": 42}', NULL,
    'application/json', 'utf-8', created_at, finished_at FROM jobs_job WHERE finished_at IS NOT NULL ORDER BY id
"""
_MINUTES = """
INSERT INTO jobs_metric (period, at, queue, task, enqueued, started, completed, failed, waited, ran, wait_us,
    run_us, waits, runs)
SELECT p.period, date_trunc(p.period, finished_at, 'UTC'), queue, task, count(*), count(*),
    count(*) FILTER (WHERE state = 'completed'), count(*) FILTER (WHERE state = 'failed'), count(*), count(*),
    count(*) * 1000000, count(*) * 2000000, jsonb_build_object('80', count(*)), jsonb_build_object('84', count(*))
FROM jobs_job, unnest(ARRAY['minute', 'hour']) AS p(period)
WHERE finished_at IS NOT NULL GROUP BY 1, 2, 3, 4
"""
_TOTALS = """
INSERT INTO jobs_metric (period, at, queue, task, enqueued, started, completed, failed, waits, runs)
SELECT 'total', to_timestamp(0), queue, task, sum(enqueued), sum(started), sum(completed), sum(failed), '{}', '{}'
FROM jobs_metric WHERE period = 'hour' GROUP BY queue, task
"""
_DEPTHS = """
INSERT INTO jobs_metric (period, at, queue, task, depth, oldest, waits, runs)
SELECT 'minute', date_trunc('minute', now(), 'UTC') - make_interval(mins => m), q, '', 2000, 60, '{}', '{}'
FROM generate_series(0, 1439) AS m, unnest(%(queues)s::text[]) AS q
"""
_AUDIT = """
INSERT INTO jobs_auditentry (number, at, actor, action, target, detail, previous, digest)
SELECT n, now(), 'bench', 'start', 'job job-' || n, '{}', md5(n::text), md5((n + 1)::text)
FROM generate_series(1, %(rows)s / 10) AS n
"""
_STATEMENTS = (_JOBS, _ATTEMPTS, _LETTERS, _RESULTS, _MINUTES, _TOTALS, _DEPTHS, _AUDIT)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.pages", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="jobs in the table")
    parser.add_argument("--rounds", type=int, default=5, help="times that each address is asked")
    parser.add_argument("--only", default="", metavar="PATH", help="addresses that begin so")
    options = parser.parse_args()
    main(options.rows, options.rounds, options.only)
