"""One run from its beginning to its verdicts, inside a process that has services of its own."""

import random
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from jobs.chaos import history, marks
from jobs.chaos.crew import whole_platform
from jobs.chaos.facts import collect
from jobs.chaos.invariants import Verdict, judge
from jobs.chaos.load import Load
from jobs.chaos.nemesis import Stage, torment
from jobs.chaos.pauser import Pauser
from jobs.chaos.plan import calls, duration, mixed_in
from jobs.chaos.queues import MAIN, QUEUES, WORK
from jobs.chaos.watcher import Watcher
from jobs.configuration import queue_book
from jobs.localservices.launcher import Launcher
from jobs.localservices.ports import choose
from jobs.models import ApiToken, Job, SchedulePolicy
from jobs.names import resolve_task
from jobs.options import retry_policy
from jobs.permissions import permissions_of
from jobs.scheduling.policy import Missed
from jobs.states import TERMINAL

LEASE = 3.0
_CROWD = 600  # jobs that wait for a process, above which no more are enqueued: on a slow machine the run lasts longer
_STARTING = 90.0  # seconds for the processes to come up
_PATIENCE = 120.0  # seconds without any job ending, after which the rest counts as stuck

Say = Callable[[str], None]


@dataclass(frozen=True)
class Score:
    """What is run: `own` is a task of the user's, by its whole name, with its data."""

    jobs: int
    faults: int
    seed: int
    profile: str
    workers: int = 2
    own: tuple[str, Any] | None = None


def conduct(score: Score, services: Launcher, folder: Path, say: Say) -> list[Verdict]:
    """Run it. The history and every process's output stay in `folder`."""
    call_command("migrate", verbosity=0)
    marks.create_table()
    _make_schedule()
    log = history.History(folder / "history.jsonl")
    port = choose(0)
    crew = whole_platform(folder, score.workers, LEASE, port)
    watcher = Watcher(f"ws://127.0.0.1:{port}/ws/jobs/", _token(), [q.name for q in QUEUES], score.seed, log)
    crew.start()
    try:
        _wait_until(_first_job_is_done(), _STARTING, "the processes to come up")
        watcher.start()
        if not watcher.watching.wait(_STARTING):
            raise TimeoutError("the browser's socket was never subscribed")
        since = timezone.now()
        _play(score, Stage(crew, services, random.Random(score.seed), LEASE), log, say)  # noqa: S311 -- not a secret
        connection.close()  # its server may have been killed since it was used
        _end_schedule()
        _quiet(say)
        ended = Job.objects.filter(task=WORK, state__in=TERMINAL, finished_at__gte=since)
        watcher.stop(dict(ended.values_list("uid", "queue")))
    finally:
        crew.stop()
        log.close()
    facts = collect(history.read(log.path), [WORK, *([score.own[0]] if score.own else [])])
    if score.own:
        facts.own_attempts = _attempts(score.own[0])
    return judge(facts)


def _attempts(name: str) -> int | None:
    """How often a job of this task may be tried; None is without end."""
    task = resolve_task(name)
    return retry_policy(task, queue_book().of_task(task.name), {}).max_attempts


def _play(score: Score, stage: Stage, log: history.History, say: Say) -> None:
    plan = list(calls(score.jobs, score.seed))
    if score.own:
        plan = mixed_in(plan, *score.own)
    seconds = duration(score.jobs, score.faults)
    stopping = threading.Event()
    load, pauser = Load(log, plan, seconds, _CROWD, stopping), Pauser(log)
    pauser.start()
    with ThreadPoolExecutor(2) as threads:
        playing = [
            threads.submit(load.run),
            threads.submit(torment, stage, score.faults, score.profile, seconds, log, stopping),
        ]
        try:
            while wait(playing, timeout=5).not_done:
                say(f"{load.done:,} of {len(plan):,} calls made")
        finally:  # interrupted: neither is waited for to its end
            stopping.set()
    pauser.stop()
    for each in playing:
        each.result()  # a fault that could not be applied is no run


def _quiet(say: Say) -> None:
    """Until every job has ended, or nothing has for a long time."""
    left, since = None, time.monotonic()
    while time.monotonic() - since < _PATIENCE:
        now = _tried(lambda: Job.objects.exclude(state__in=TERMINAL).count())
        if now == 0:
            return
        if now is not None and now != left:
            left, since = now, time.monotonic()
            say(f"{now:,} jobs are left")
        time.sleep(1)


def _make_schedule() -> None:
    """One that ticks every two seconds, and misses none whatever happens to the beats."""
    PeriodicTask.objects.all().delete()
    every, _ = IntervalSchedule.objects.get_or_create(every=2, period="seconds")
    row = PeriodicTask.objects.create(name="chaos", task=WORK, interval=every, queue=MAIN)
    SchedulePolicy.objects.update_or_create(schedule=row, defaults={"missed": Missed.ALL})


def _end_schedule() -> None:
    """No more ticks: what is there is to come to its end."""
    row = PeriodicTask.objects.get(name="chaos")
    row.enabled = False
    row.save()  # tells the beats


def _token() -> str:
    user = get_user_model().objects.create_user("chaos")
    user.user_permissions.add(*permissions_of("view"))
    token = ApiToken.generate()
    ApiToken.objects.create(name="chaos", digest=ApiToken.digest_of(token), user=user)
    return token


def _first_job_is_done() -> Callable[[], bool]:
    """Whether a job went all the way: every process that matters is up."""
    uid = resolve_task(WORK).using(queue=MAIN).enqueue().id
    return lambda: Job.objects.filter(uid=uid, state="completed").exists()


def _wait_until(condition: Callable[[], bool], seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds:g} s for {what}")
        time.sleep(0.2)


def _tried(question: Callable[[], int]) -> int | None:
    try:
        return question()
    except (DatabaseError, InterfaceError):
        connection.close()
        return None


def as_lines(verdicts: Sequence[Verdict]) -> list[str]:
    """A table of verdicts, with the first offenders."""
    lines = []
    for verdict in verdicts:
        told = "holds" if verdict.holds else f"BROKEN {len(verdict.offenders)}"
        told = "nothing seen" if verdict.holds and not verdict.checked else told
        note = f"  ({verdict.note})" if verdict.note else ""
        lines.append(f"{verdict.number:>3}  {told:<14} {verdict.checked:>8,}  {verdict.promise}{note}")
        lines += [f"                                 {offender}" for offender in verdict.offenders[:5]]
    return lines
