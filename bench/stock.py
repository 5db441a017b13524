"""One chaos run on stock Celery: the plan, the faults and the marks are those of `jobs chaos`."""

import random
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from celery import chord
from django.core.management import call_command
from django.db import connection, transaction
from django_celery_results.models import TaskResult
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from bench.services import emptied, environment
from bench.stock_app import app, work
from bench.stock_facts import ENDS, judge
from jobs.chaos import history, marks
from jobs.chaos.crew import Crew, Member
from jobs.chaos.invariants import Verdict
from jobs.chaos.nemesis import Stage, torment
from jobs.chaos.plan import Call, calls, duration
from jobs.ids import new_id
from jobs.localservices.launcher import Launcher

PROFILE = "worker-redis"
_LEASE = 3.0  # seconds: how long workers are frozen, as in `jobs chaos`
_PATIENCE = (
    50.0  # seconds without any end; longer than the longest delay and Celery's look for what came undone
)
_WORKERS = ("worker-1", "worker-2")


def conduct(acks: str, jobs: int, faults: int, seed: int, launcher: Launcher, folder: Path) -> list[Verdict]:
    """`acks` early or late."""
    connection.close()
    emptied(launcher)
    call_command("migrate", verbosity=0)
    marks.create_table()
    log = history.History(folder / "history.jsonl")
    given = {**environment(launcher), "BENCH_ACKS": acks}
    crew = Crew([Member(name, _worker(name), given, folder / f"{name}.log") for name in _WORKERS])
    crew.start()
    try:
        work.apply_async(task_id=(first := str(new_id())))
        _until_ended([first], 90)
        _play(jobs, faults, seed, Stage(crew, launcher, random.Random(seed), _LEASE), log)
        committed = [line["uids"] for line in history.read(log.path) if line["event"] == "committed"]
        _until_ended([uid for uids in committed for uid in uids], _PATIENCE)
    finally:
        crew.stop()
        log.close()
    return judge(history.read(log.path))


def _worker(name: str) -> list[str]:
    words = ["-A", "bench.stock_app", "worker", "-n", f"{name}@stock", "-c", "2", "-l", "WARNING"]
    return [sys.executable, "-m", "celery", *words]


def _play(jobs: int, faults: int, seed: int, stage: Stage, log: history.History) -> None:
    plan = list(calls(jobs, seed))
    seconds = duration(jobs, faults)
    stopping = threading.Event()
    with ThreadPoolExecutor(2) as threads:
        playing = [
            threads.submit(_load, plan, seconds, log, stopping),
            threads.submit(torment, stage, faults, PROFILE, seconds, log, stopping),
        ]
        try:
            for each in playing:
                each.result()
        finally:  # interrupted: neither is waited for to its end
            stopping.set()


def _load(plan: Sequence[Call], seconds: float, log: history.History, stopping: threading.Event) -> None:
    start = time.monotonic()
    for number, call in enumerate(plan):
        if stopping.wait(max(0.0, start + seconds * number / len(plan) - time.monotonic())):
            break
        _make(call, log)
    connection.close()


def _make(call: Call, log: history.History) -> None:
    uids = [str(new_id()) for _ in range(call.jobs)]
    log.write("asked", kind=call.kind, uids=uids, countdown=call.countdown or 0)
    try:
        with transaction.atomic():
            transaction.on_commit(lambda: _publish(call, uids))
            transaction.set_rollback(call.kind == "rolled-back")
    except (OperationalError, RedisError, OSError) as error:
        log.write("refused", uids=uids, error=str(error)[:200])
    else:
        log.write("rolled-back" if call.kind == "rolled-back" else "committed", uids=uids)
        if call.kind == "cancelled" and _revoked(uids[0]):
            log.write("cancelled", uids=uids)


def _publish(call: Call, uids: Sequence[str]) -> None:
    if call.kind == "flow":
        children = [work.s(**call.data).set(task_id=uid) for uid in uids[1:]]
        chord(children)(work.si().set(task_id=uids[0]))
    else:
        work.apply_async(kwargs=call.data, task_id=uids[0], countdown=call.countdown)


def _revoked(uid: str) -> bool:
    """Whether a worker said that it knows: nobody else keeps it."""
    try:
        return bool(app.control.revoke(uid, reply=True, timeout=2.0, limit=len(_WORKERS)))
    except (OperationalError, RedisError, OSError):
        return False


def _until_ended(uids: Sequence[str], patience: float) -> None:
    """Or until nothing has ended for so many seconds."""
    left, since = len(uids), time.monotonic()
    while left and time.monotonic() - since < patience:
        time.sleep(0.5)
        now = len(uids) - TaskResult.objects.filter(task_id__in=uids, status__in=ENDS).count()
        if now != left:
            left, since = now, time.monotonic()
