"""A leader that sleeps and wakes up, a log that loses entries or has some that make no sense."""

import signal
from typing import Any

from django.db import transaction

from jobs.fence import keys
from jobs.fence.connection import client
from jobs.models import Attempt, Job
from tests.jobs.faults.history import (
    assert_each_completed_once,
    executions,
    somebody_waits_for_a_lock,
    wait_for_all,
    wait_for_done,
)
from tests.processes import Platform
from tests.sample_tasks import mark
from tests.waiting import wait_until


def test_a_leader_is_stopped_in_the_middle_of_a_fold_and_comes_back_while_another_one_leads(
    platform: Platform,
) -> None:
    redis: Any = client()
    sleeper = platform.dispatcher("d1")
    platform.worker("w1", "quick", 2)
    (first,) = mark.enqueue_many([{"name": "locked", "seconds": 0.5}])
    wait_until(lambda: Job.objects.filter(uid=first.id, state="active").exists(), 20, "the start")
    with transaction.atomic():  # so that its fold waits where it has written already
        Job.objects.select_for_update().get(uid=first.id)
        wait_until(somebody_waits_for_a_lock, 20, "the fold")
        sleeper.send(signal.SIGSTOP)
    later = mark.enqueue_many([{"name": str(n), "seconds": 0.03} for n in range(80)])
    platform.dispatcher("d2")

    wait_for_done([first, *later], 20, 40)
    for nonsense in ({"x": "y"}, {"e": "completed", "j": later[-1].id, "r": "many", "d": "{"}):
        redis.xadd(keys.events("quick"), nonsense)
    sleeper.send(signal.SIGCONT)

    wait_for_all([first, *later], 40)
    wait_until(lambda: "waiting 0.1 s: " in sleeper.log.read_text(), 20, "the sleeper to notice")
    assert_each_completed_once([first, *later])
    assert max(executions().values()) == 1


def test_outcomes_that_went_with_the_log_are_made_again(platform: Platform) -> None:
    redis: Any = client()
    dispatcher = platform.dispatcher()
    platform.worker("w1", "quick", 2)
    results = mark.enqueue_many([{"name": str(n), "seconds": 1.0} for n in range(4)])
    wait_until(lambda: redis.hlen(keys.running("quick")) == 2, 20, "the first two")
    dispatcher.send(signal.SIGSTOP)
    wait_until(lambda: redis.hlen(keys.ended("quick")) == 4, 30, "the end of all")
    redis.xtrim(keys.events("quick"), maxlen=0)
    assert Job.objects.filter(state="waiting").count() >= 2

    dispatcher.send(signal.SIGCONT)

    wait_for_all(results, 40)
    assert_each_completed_once(results)
    assert Attempt.objects.filter(outcome="stalled", reason__contains="lost").count() == 4
    assert redis.hlen(keys.ended("quick")) == 0
