"""Limits and pauses measured from the log, with four real workers."""

import threading
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
from celery.result import AsyncResult
from django.db import connection

from jobs import control
from jobs.errors import OptionRefused, UnknownName
from jobs.fence import keys
from jobs.fence.connection import client
from jobs.models import Attempt, Job, QueueSettings
from jobs.queries.explaining import explain_job
from tests.jobs.faults.history import wait_for_all, wait_for_done
from tests.processes import Platform
from tests.sample_tasks import asked_to_wait, five_a_second, mark, tenant_work
from tests.waiting import wait_until

BY = "the tests"


def _workers(platform: Platform, count: int = 4, queues: str = "quick,tenants") -> None:
    platform.dispatcher()
    for number in range(count):
        platform.worker(f"w{number}", queues, 2)


def _marks(count: int, seconds: float = 0.0) -> Sequence[AsyncResult]:
    results: Sequence[AsyncResult] = mark.enqueue_many(
        [{"name": str(n), "seconds": seconds} for n in range(count)]
    )
    return results


def _starts(queue: str) -> list[float]:
    """Moments of all starts in the log, in seconds of Redis time."""
    redis: Any = client()
    entries = redis.xrange(keys.events(queue))
    return sorted(float(fields["t"]) / 1000 for _, fields in entries if fields["e"] == "started")


def _most_in(starts: Sequence[float], seconds: float) -> int:
    return max(sum(first <= moment < first + seconds for moment in starts) for first in starts)


def _most_at_once(queue: str) -> int:
    redis: Any = client()
    running = most = 0
    for _, fields in redis.xrange(keys.events(queue)):
        running += {"started": 1, "completed": -1, "retried": -1, "failed": -1}.get(fields["e"], 0)
        most = max(most, running)
    return most


def test_a_rate_is_never_exceeded_and_nearly_used_up(platform: Platform) -> None:
    control.change_limits("quick", {"rate": "20/s"}, BY)
    _workers(platform)
    wait_for_all(_marks(140))
    starts = _starts("quick")
    assert _most_in(starts, 1.0) <= 20
    assert len([s for s in starts if starts[0] + 1 <= s < starts[0] + 5]) >= 0.95 * 20 * 4


def test_a_rate_holds_while_dispatchers_are_killed_in_turn_and_redis_is_emptied(platform: Platform) -> None:
    control.change_limits("quick", {"rate": "10/s"}, BY)
    _workers(platform, 2)
    second = platform.dispatcher("d2")
    results = _marks(80)
    wait_for_done(results, 10)
    platform.kill("dispatcher")
    wait_for_done(results, 30)
    platform.dispatcher("d3")
    second.kill_group()
    wait_for_all(results, 90)
    assert _most_in(_starts("quick"), 1.0) <= 10


def test_a_changed_rate_holds_within_a_second(platform: Platform) -> None:
    control.change_limits("quick", {"rate": "5/s"}, BY)
    _workers(platform, 2)
    results = _marks(60)
    wait_for_done(results, 5)
    control.change_limits("quick", {"rate": "none"}, BY)
    wait_for_all(results, 8)


def test_a_bucket_lets_a_burst_through(platform: Platform) -> None:
    control.change_limits("quick", {"rate": "2/s", "burst": 8}, BY)
    _workers(platform, 4)
    wait_for_all(_marks(12))
    starts = _starts("quick")
    assert _most_in(starts, 0.45) >= 6
    assert starts[-1] - starts[0] >= (12 - 8) / 2 - 0.1


def test_max_running_holds_for_the_cluster(platform: Platform) -> None:
    control.change_limits("quick", {"max_running": 3}, BY)
    _workers(platform)
    wait_for_all(_marks(24, 0.1))
    assert _most_at_once("quick") == 3


def test_limits_per_key_hold_and_no_key_waits_for_another(platform: Platform) -> None:
    control.change_limits("tenants", {"max_running_per_key": 1, "rate_per_key": "4/s"}, BY)
    _workers(platform)
    results = tenant_work.enqueue_many(
        [{"tenant": tenant, "seconds": 0.05} for tenant in ["a"] * 12 + ["b"] * 12 + ["c"] * 12]
    )
    wait_for_all(results)
    spans = defaultdict(list)
    rows = Attempt.objects.select_related("job").filter(job__queue="tenants").order_by("started_at")
    for row in rows:
        assert row.started_at is not None
        spans[row.job.kwargs["tenant"]].append((row.started_at.timestamp(), row.ended_at.timestamp()))
    assert set(spans) == {"a", "b", "c"}
    for tenant in spans.values():
        assert all(end <= start + 0.002 for (_, end), (start, _) in pairwise(tenant))
        assert _most_in([start for start, _ in tenant], 1.0) <= 4
    last = [tenant[-1][0] for tenant in spans.values()]
    assert max(last) - min(last) < 2.0  # they took turns


def test_a_tenant_with_nearly_everything_does_not_hold_up_another(platform: Platform) -> None:
    control.change_limits("tenants", {"fair": True}, BY)
    tenant_work.enqueue_many([{"tenant": "big", "seconds": 0.05} for _ in range(400)])
    (small,) = tenant_work.enqueue_many([{"tenant": "small", "seconds": 0.0}])
    _workers(platform, 2)
    wait_for_all([small], 10)
    started = Job.objects.get(uid=small.id).started_at
    before = Attempt.objects.filter(job__queue="tenants", started_at__lt=started).count()
    assert before <= 8  # the jobs of one round: a slot each, and the lead


def test_with_ageing_a_low_priority_is_not_starved(platform: Platform) -> None:
    control.change_limits("quick", {"ageing": 60}, BY)
    (low,) = mark.using(priority=1).enqueue_many([{"name": "low"}])
    Job.objects.filter(uid=low.id).update(created_at="2020-01-01T00:00:00Z")
    high = mark.using(priority=9).enqueue_many([{"name": f"high-{n}"} for n in range(50)])
    _workers(platform, 1)
    wait_for_all([low, *high])
    order = list(Attempt.objects.order_by("started_at").values_list("job__uid", flat=True))
    assert low.id in order[:4]  # two slots, and as many that wait for them


def test_celerys_rate_limit_of_a_task_means_the_cluster(platform: Platform) -> None:
    _workers(platform, queues="quick,fixed")
    results = five_a_second.enqueue_many([{"n": n} for n in range(15)])
    elsewhere = five_a_second.using(queue="fixed").enqueue_many([{"n": n} for n in range(15)])
    others = _marks(20)
    wait_for_all([*results, *elsewhere, *others])
    for queue in ("quick", "fixed"):
        rows = Attempt.objects.filter(job__task=five_a_second.name, job__queue=queue)
        starts = [row.started_at.timestamp() for row in rows if row.started_at]
        assert len(starts) == 15
        assert _most_in(sorted(starts), 1.0) <= 5


def test_a_provider_that_asks_to_wait_is_left_alone_by_all(platform: Platform) -> None:
    _workers(platform, 2)
    results = asked_to_wait.enqueue_many([{"tenant": "slow", "seconds": 2.0}])
    wait_until(lambda: Attempt.objects.filter(outcome="snoozed").exists(), 15, "the wait")
    asked = Attempt.objects.get(outcome="snoozed").ended_at.timestamp()
    results += asked_to_wait.enqueue_many([{"tenant": "slow", "seconds": 0.0} for _ in range(5)])
    (other,) = asked_to_wait.enqueue_many([{"tenant": "quick", "seconds": 0.0}])
    wait_for_all([*results, other])
    later = Attempt.objects.filter(job__kwargs__tenant="slow", outcome="completed").order_by("started_at")
    assert later[0].started_at is not None
    assert later[0].started_at.timestamp() >= asked + 1.99
    started = Attempt.objects.get(job__uid=other.id).started_at
    assert started is not None
    assert started.timestamp() < asked + 1.5


def test_explain_says_which_limit_keeps_a_job_back(platform: Platform) -> None:
    control.change_limits("quick", {"rate": "2/min"}, BY)
    control.change_limits("tenants", {"max_running_per_key": 1}, BY)
    _workers(platform, 1)
    waiting = _marks(4)[-1]
    results = tenant_work.enqueue_many([{"tenant": "a", "seconds": 6.0}, {"tenant": "a", "seconds": 0.0}])
    wait_until(lambda: _codes(waiting)[0] == "queue-rate", 20, "the rate to be named")
    reason = explain_job(Job.objects.get(uid=waiting.id))[0]
    assert reason.until is not None
    assert 0 < (reason.until - datetime.now(UTC)).total_seconds() <= 60
    wait_until(lambda: _codes(results[1])[0] == "key-running", 20, "the key to be named")
    control.pause("tenants", BY, "moving house")
    assert _codes(results[1])[0] == "paused"
    assert "moving house" in explain_job(Job.objects.get(uid=results[1].id))[0].sentence
    control.resume("tenants", BY)
    wait_for_all(results)


def _codes(result: AsyncResult) -> list[str]:
    return [reason.code for reason in explain_job(Job.objects.get(uid=result.id))]


# -- pause, drain, clear ---------------------------------------------------------------------------


def test_after_a_pause_is_acknowledged_nothing_starts(platform: Platform) -> None:
    _workers(platform)
    results = _marks(600, 0.01)
    wait_for_done(results, 20)
    control.pause("quick", BY)
    redis: Any = client()
    acknowledged = redis.xadd(keys.events("quick"), {"e": "note"})
    wait_until(lambda: not redis.hlen(keys.running("quick")), 20, "what runs to end")
    control.resume("quick", BY)
    resumed = redis.xadd(keys.events("quick"), {"e": "note"})
    between = redis.xrange(keys.events("quick"), min=f"({acknowledged}", max=f"({resumed}")
    assert [fields["j"] for _, fields in between if fields["e"] == "started"] == []
    wait_for_all(results)


def test_a_pause_outlives_redis_and_its_leader(platform: Platform) -> None:
    _workers(platform, 1)
    control.pause("quick", BY)
    results = _marks(5)
    redis: Any = client()
    redis.flushall()
    platform.kill("dispatcher")
    platform.dispatcher("d2")
    (other,) = tenant_work.enqueue_many([{"tenant": "a", "seconds": 0.0}])
    wait_for_all([other], 30)  # the new leader works, and still nothing of the paused queue has started
    assert Job.objects.filter(uid__in=[r.id for r in results], state="waiting").count() == 5
    control.resume("quick", BY)
    wait_for_all(results)


def test_a_drain_runs_out_what_was_there_and_holds_what_comes_later(platform: Platform) -> None:
    before = _marks(20)
    control.drain("quick", BY)
    after = _marks(5)
    _workers(platform, 1)
    wait_for_all(before)
    (other,) = tenant_work.enqueue_many([{"tenant": "a", "seconds": 0.0}])
    wait_for_all([other])
    assert Job.objects.filter(uid__in=[r.id for r in after], state="waiting").count() == 5
    control.resume("quick", BY)
    wait_for_all(after)


def test_a_clear_cancels_what_has_not_started_and_nothing_else(platform: Platform) -> None:
    _workers(platform, 2)
    results = [*_marks(600, 0.02), *mark.using(countdown=600).enqueue_many([{"name": "later"}])]
    wait_for_done(results, 20)
    cleared: list[int] = []
    racing = [threading.Thread(target=_clear, args=(cleared,)) for _ in range(3)]
    for thread in racing:
        thread.start()
    for thread in racing:
        thread.join(30)
    wait_for_all(results)
    states = Counter(Job.objects.filter(uid__in=[r.id for r in results]).values_list("state", flat=True))
    assert set(states) == {"completed", "cancelled"}
    assert sum(cleared) == states["cancelled"] > 300
    ended = Attempt.objects.filter(job__uid__in=[r.id for r in results], outcome="completed").count()
    assert ended == states["completed"]


def _clear(cleared: list[int]) -> None:
    cleared.append(control.clear("quick", BY))
    connection.close()


# -- bad input -------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"rate": "fast"}, "rate"),
        ({"rate": "0/s"}, "rate"),
        ({"max_running": -1}, "max_running"),
        ({"max_running": 1.5}, "max_running"),
        ({"max_running": "many"}, "max_running"),
        ({"max_running": 2**31}, "max_running"),
        ({"ageing": True}, "ageing"),
        ({"speed": 3}, "speed"),
        ({"fair": True}, "fair"),
    ],
)
def test_a_limit_that_makes_no_sense_is_refused_by_its_name(changes: dict[str, Any], named: str) -> None:
    with pytest.raises(OptionRefused) as refused:
        control.change_limits("quick", changes, BY)
    assert set(refused.value.fields) == {named}
    assert not QueueSettings.objects.exists()


@pytest.mark.django_db
def test_a_queue_that_is_not_declared_cannot_be_operated() -> None:
    for act in (control.pause, control.resume, control.drain, control.clear):
        with pytest.raises(UnknownName):
            act("quik", BY)


@pytest.mark.django_db
def test_taking_an_override_back_restores_the_declaration() -> None:
    assert str(control.change_limits("quick", {"rate": "5/s"}, BY).rate) == "5/s"
    assert control.change_limits("quick", {"rate": None}, BY).rate is None
    assert str(control.change_limits("price-updates", {"max_running": 2}, BY).rate) == "10/min"
    assert control.change_limits("price-updates", {"rate": "none"}, BY).rate is None
