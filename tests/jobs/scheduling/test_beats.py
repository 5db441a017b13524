"""Several real beats that are killed, stopped and restarted: every tick is fired exactly once."""

import signal
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

import pytest
from django_celery_beat.models import IntervalSchedule, PeriodicTask, PeriodicTasks

from jobs.models import Job, ScheduledRun
from tests.processes import Platform
from tests.waiting import wait_until


@pytest.fixture
def every_second(platform: Platform) -> Iterator[PeriodicTask]:
    """The only schedule: it ticks every second."""
    PeriodicTask.objects.all().delete()
    every, _ = IntervalSchedule.objects.get_or_create(every=1, period="seconds")
    yield PeriodicTask.objects.create(
        name="every second", task="tests.sample_tasks.noop", interval=every, queue="quick"
    )
    PeriodicTask.objects.all().delete()
    PeriodicTasks.objects.all().delete()


def ticks() -> int:
    return ScheduledRun.objects.filter(schedule__name="every second").count()


@pytest.mark.timeout(240)
def test_every_tick_is_fired_once_whatever_happens_to_the_beats(
    platform: Platform, every_second: PeriodicTask
) -> None:
    beats = [platform.beat(f"beat{number}") for number in range(3)]
    wait_until(lambda: ticks() >= 3, 60, "the first ticks")

    beats[0].kill_group()
    beats[1].send(signal.SIGSTOP)
    seen = ticks()
    wait_until(lambda: ticks() >= seen + 4, 60, "ticks of the last beat")

    beats[1].send(signal.SIGCONT)
    beats[2].kill_group()
    seen = ticks()
    wait_until(lambda: ticks() >= seen + 4, 60, "ticks of the beat that was stopped")

    beats[1].kill_group()
    platform.beat("restarted")
    seen = ticks()
    wait_until(lambda: ticks() >= seen + 6, 60, "ticks of the beat that was started anew")
    platform.kill("restarted")

    runs = list(ScheduledRun.objects.filter(schedule=every_second).order_by("due"))
    assert {later.due - earlier.due for earlier, later in pairwise(runs)} == {timedelta(seconds=1)}
    assert {run.outcome for run in runs} == {"enqueued"}
    uids = [run.job_uid for run in runs]
    assert sorted(Job.objects.values_list("uid", flat=True)) == sorted(set(uids)) == sorted(uids)
