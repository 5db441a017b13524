"""Several dispatchers share the queues, and the parts of one; a key's limit holds all the same."""

from collections import Counter, defaultdict
from itertools import pairwise
from typing import Any

from jobs import configuration, control
from jobs.fence import keys
from jobs.fence.connection import client
from jobs.models import Attempt
from tests.jobs.faults.history import assert_each_completed_once, wait_for_all, wait_for_done
from tests.processes import Platform
from tests.sample_tasks import tenant_work
from tests.waiting import wait_until


def _leads() -> Counter[str | None]:
    """How many queues each dispatcher leads, and nobody."""
    redis: Any = client()
    return Counter(redis.mget([keys.leader(queue) for queue in configuration.queue_book().names]))


def _shared_by(dispatchers: int) -> bool:
    leads = _leads()
    even = max(leads.values()) - min(leads.values()) <= 1
    return len(leads) == dispatchers and None not in leads and even


def test_dispatchers_share_and_take_over_and_a_keys_limit_holds(platform: Platform) -> None:
    control.change_limits("parted", {"max_running_per_key": 1}, "tests")
    platform.dispatcher("d1")
    platform.worker("w1", "parted", 3)
    work = tenant_work.using(queue="parted")
    results = work.enqueue_many([{"tenant": t, "seconds": 0.05} for t in "abcdef" * 20])
    wait_for_done(results, 5)
    platform.dispatcher("d2")
    wait_until(lambda: _shared_by(2), 60, "even shares")

    more = work.enqueue_many([{"tenant": t, "seconds": 0.05} for t in "abcdef" * 10])
    platform.kill("d1")

    wait_for_all([*results, *more])
    assert_each_completed_once([*results, *more])
    wait_until(lambda: _shared_by(1), 20, "everything led by the other")
    spans = defaultdict(list)
    for row in Attempt.objects.select_related("job").order_by("started_at"):
        assert row.started_at is not None
        spans[row.job.kwargs["tenant"]].append((row.started_at.timestamp(), row.ended_at.timestamp()))
    assert set(spans) == set("abcdef")
    for tenant in spans.values():
        assert all(end <= start + 0.002 for (_, end), (start, _) in pairwise(tenant))
