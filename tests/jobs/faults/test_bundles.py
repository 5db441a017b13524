"""Jobs that share a message, with real processes: each is still on its own."""

import os
import signal
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from celery import current_app
from celery.result import AsyncResult

from jobs.fence.connection import client
from jobs.models import Attempt, DeadLetter, Job
from tests.jobs.faults.history import assert_each_completed_once, wait_for_all, wait_for_done
from tests.processes import Platform, Process
from tests.sample_tasks import moody
from tests.waiting import wait_until


def _warm(platform: Platform, *pool: str) -> Process:
    """A platform that has learned that the task is short."""
    platform.dispatcher()
    worker = platform.worker("w1", "quick", 2, *pool)
    wait_for_all(_enqueue(["quick"] * 60))
    return worker


def _enqueue(moods: Sequence[str], **more: Any) -> Sequence[AsyncResult]:
    results: Sequence[AsyncResult] = moody.enqueue_many(
        [{"name": f"{mood}-{n}", "mood": mood, **more} for n, mood in enumerate(moods)]
    )
    return results


def _bundles_seen(worker: Process) -> int:
    return worker.log.read_text().count("jobs.run_bundle")


def test_short_jobs_travel_together_and_each_has_its_own_history(platform: Platform) -> None:
    worker = _warm(platform)
    for _ in range(10):  # on a busy machine a few runs are slow, and then it takes some more to learn
        before = _bundles_seen(worker)
        results = _enqueue(["quick"] * 100)
        wait_for_all(results)
        assert_each_completed_once(results)
        if _bundles_seen(worker) > before:
            break
    assert _bundles_seen(worker) > before
    assert [result.get(timeout=10) for result in results[:2]] == ["quick-0", "quick-1"]
    attempts = Attempt.objects.filter(job__uid__in=[result.id for result in results])
    assert attempts.count() == 100
    assert all(attempt.seconds is not None and attempt.seconds < 5 for attempt in attempts)


def test_in_a_bundle_failures_retries_and_refusals_are_each_jobs_own(platform: Platform) -> None:
    _warm(platform)
    moods = ["quick", "fail-once", "permanent", "quick", "fail-once", "quick"] * 5
    results = _enqueue(moods)
    wait_for_all(results)
    states = Counter(Job.objects.filter(uid__in=[r.id for r in results]).values_list("state", flat=True))
    assert states == {"completed": 25, "failed": 5}
    retried = Attempt.objects.filter(job__uid__in=[r.id for r in results], outcome="retried")
    assert retried.count() == 10
    assert DeadLetter.objects.filter(error_type="Permanent").count() == 5


def test_a_long_job_does_not_hold_up_what_travels_with_it(platform: Platform) -> None:
    _warm(platform)
    (long, *others) = _enqueue(["long"] + ["quick"] * 40, seconds=20.0)
    wait_for_all(others, 15)
    assert Job.objects.get(uid=long.id).state == "active"
    assert_each_completed_once(others)


def test_a_pool_child_is_killed_in_the_middle_of_its_bundle(platform: Platform) -> None:
    worker = _warm(platform)
    results = _enqueue(["quick"] * 400)
    wait_for_done(results, 20)
    for child in worker.children():
        os.kill(child, signal.SIGKILL)
    wait_for_all(results)
    assert_each_completed_once(results)


def test_a_job_that_kills_its_process_fails_alone(platform: Platform) -> None:
    _warm(platform)
    results = _enqueue(["quick"] * 20 + ["die"] + ["quick"] * 20)
    wait_for_all(results)
    poison, others = results[20], [*results[:20], *results[21:]]
    assert Job.objects.get(uid=poison.id).state == "failed"
    assert Attempt.objects.filter(job__uid=poison.id, outcome="stalled").count() == 3
    assert_each_completed_once(others)


def test_time_limits_hold_for_each_job_of_a_bundle(platform: Platform) -> None:
    _warm(platform)
    soft = moody.using(soft_time_limit=0.5, max_attempts=1)
    hard = moody.using(time_limit=1, max_attempts=1)
    quick = _enqueue(["quick"] * 10)
    limited = soft.enqueue_many([{"name": "soft", "mood": "long", "seconds": 20.0}])
    limited += hard.enqueue_many([{"name": "hard", "mood": "long", "seconds": 20.0}])
    wait_for_all([*quick, *limited], 15)
    errors = [Attempt.objects.get(job__uid=result.id).error_type for result in limited]
    assert errors == ["SoftTimeLimitExceeded", "TimeoutError"]
    assert_each_completed_once(quick)


def test_a_worker_without_a_pool_of_processes_does_not_end_itself_for_a_time_limit(
    platform: Platform,
) -> None:
    worker = _warm(platform, "--pool=solo")
    results = moody.using(time_limit=1).enqueue_many(
        [{"name": f"{n}", "mood": mood, "seconds": 3.0} for n, mood in enumerate(["long"] + ["quick"] * 40)]
    )
    wait_for_all(results, 30)
    assert_each_completed_once(results)
    assert worker.popen.poll() is None


def test_celerys_events_are_sent_for_each_job_when_somebody_listens(platform: Platform) -> None:
    _warm(platform)
    answers = current_app.control.broadcast("enable_events", reply=True, limit=1, timeout=20)
    assert len(answers) == 1
    seen: Counter[str] = Counter()
    with current_app.connection_for_read() as connection, _listening(connection, seen):
        results = _enqueue(["quick"] * 40)
        wait_until(lambda: seen["task-succeeded "] >= 40, 30, "40 successes")
    wait_for_all(results)
    assert seen["task-received tests.sample_tasks.moody"] == 40
    assert seen["task-started "] == 40
    assert not [kind for kind in seen if "run_bundle" in kind]


@contextmanager
def _listening(connection: Any, seen: Counter[str]) -> Iterator[None]:
    """Count Celery's events in a thread of its own."""
    count = {"*": lambda event: seen.update([f"{event['type']} {event.get('name', '')}"])}
    receiver = current_app.events.Receiver(connection, handlers=count)
    options = {"limit": None, "timeout": 60, "wakeup": False}
    thread = threading.Thread(target=receiver.capture, kwargs=options, daemon=True)
    thread.start()
    redis: Any = client()
    wait_until(lambda: redis.pubsub_numpat() > 0, 20, "the subscription")
    try:
        yield
    finally:
        receiver.should_stop = True
        thread.join(10)
