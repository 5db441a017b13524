"""A dependency fails: what relies on it waits without using attempts, and comes back step by step."""

from typing import Any

import pytest
from django.db.models import Sum

from jobs.breaker import Phase
from jobs.fence import circuits, keys
from jobs.fence.connection import client
from jobs.models import BreakerEvent, Job
from jobs.store.breakers import AUTO, CLOSED, OPEN, force
from tests.jobs.faults.history import executions, wait_for_all
from tests.processes import Platform
from tests.sample_tasks import call_outside, mark, record
from tests.waiting import wait_until


def phase() -> Phase:
    """The breaker's phase."""
    return circuits.read(client(), ["outside"])[0]["outside"].phase


def calls() -> int:
    """How often the outside was called."""
    return sum(count for name, count in executions().items() if name.startswith("called"))


def phases() -> list[str]:
    """The breaker's phases so far, by its log."""
    return list(BreakerEvent.objects.order_by("id").values_list("phase", flat=True))


def opened() -> int:
    """Let calls fail until the breaker is open and all of them are over; answers how many there were."""
    call_outside.enqueue_many([{"name": str(n)} for n in range(12)])
    wait_until(lambda: phase() is Phase.OPEN, 30, "the opening")
    wait_until(_nothing_is_out, 20, "the last calls")
    return calls()


def _nothing_is_out() -> bool:
    """What was released before the breaker opened has started and ended, and the rows say so."""
    redis: Any = client()
    out = (
        redis.hlen(keys.tickets("quick"))
        + redis.hlen(keys.running("quick"))
        + redis.hlen(keys.ended("quick"))
    )
    return not out and not Job.objects.filter(state="active").exists()


def test_it_opens_lets_one_probe_through_at_a_time_and_closes_again(platform: Platform) -> None:
    platform.dispatcher()
    platform.worker()
    opened()
    assert phases()[0] == "open"

    assert mark.delay("unconcerned").get(timeout=30) == "unconcerned"  # the same queue, another task
    wait_until(lambda: phases().count("half-open") >= 1, 30, "the first probe")
    wait_until(lambda: phases().count("open") >= 2, 30, "its failure")
    before = calls()
    used = Job.objects.aggregate(used=Sum("attempt"))["used"]
    wait_until(lambda: phases().count("half-open") >= 2, 30, "the second probe")
    wait_until(lambda: phases().count("open") >= 3, 30, "its failure")
    assert calls() == before + 1
    assert Job.objects.aggregate(used=Sum("attempt"))["used"] == used + 1

    record("outside answers")
    jobs = list(Job.objects.filter(task=call_outside.name).values_list("uid", flat=True))
    wait_for_all([call_outside.AsyncResult(uid) for uid in jobs], 60)
    assert phases()[-3:] == ["half-open", "ramp", "closed"]
    assert phase() is Phase.CLOSED


def test_it_stays_open_when_the_leader_is_killed(platform: Platform) -> None:
    platform.dispatcher("d1")
    platform.worker()
    before = opened()
    force("outside", OPEN, "alice")
    platform.kill("d1")
    platform.dispatcher("d2")

    assert mark.delay("unconcerned").get(timeout=30) == "unconcerned"
    assert (calls(), phase()) == (before, Phase.OPEN)

    force("outside", AUTO, "alice")
    wait_until(lambda: phases().count("half-open") >= 1, 30, "the probe")


@pytest.mark.parametrize("emptied", [False, True])
def test_it_is_forced_open_and_closed_whatever_happens(platform: Platform, emptied: bool) -> None:
    record("outside answers")
    force("outside", OPEN, "alice")
    platform.dispatcher()
    platform.worker()
    result = call_outside.delay("held back")
    if emptied:
        client().flushall()

    assert mark.delay("unconcerned").get(timeout=30) == "unconcerned"
    assert calls() == 0

    force("outside", CLOSED, "alice")
    assert result.get(timeout=30) == "held back"
    assert phases() == ["open", "closed"]
