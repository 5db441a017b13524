"""Eight processes call the same key at once, with a dispatcher and workers at work."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection

from jobs.models import Attempt, Job
from tests import sample_tasks
from tests.processes import Platform, Process
from tests.waiting import wait_until

tasks: Any = sample_tasks
CALLERS = 8


@pytest.fixture
def running(platform: Platform) -> Platform:
    """A dispatcher and two workers with two slots each."""
    platform.dispatcher()
    platform.worker("w1")
    platform.worker("w2")
    return platform


def call_from_many(platform: Platform, task: str, seconds: float, watch: Callable[[], None]) -> int:
    """Let the callers call; `watch` is asked again and again meanwhile. Answers with the number of calls."""
    callers = [
        platform.python(f"caller{n}", "tests.jobs.dedup.caller", task, "a", str(seconds))
        for n in range(CALLERS)
    ]

    def over() -> bool:
        watch()
        return all(caller.popen.poll() is not None for caller in callers)

    wait_until(over, 100, "the callers")
    assert [caller.popen.returncode for caller in callers] == [0] * CALLERS
    return sum(_told(caller) for caller in callers)


def _told(caller: Process) -> int:
    return int(caller.log.read_text().split()[-1])


def live_states() -> list[str]:
    """The states of the live jobs, in one snapshot."""
    return sorted(
        Job.objects.exclude(state__in=["completed", "failed", "cancelled"]).values_list("state", flat=True)
    )


def all_ended() -> bool:
    return Job.objects.exists() and not live_states()


def values_run() -> list[str]:
    """What was run, in order."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT mark FROM tests_mark ORDER BY id")
        return [mark for (mark,) in cursor.fetchall()]


def check_runs_do_not_overlap() -> None:
    """No run of the key began before the one before had ended."""
    runs = Attempt.objects.filter(started_at__isnull=False).order_by("started_at")
    assert len(runs) > 1
    for earlier, later in pairwise(runs):
        assert later.started_at is not None
        assert later.started_at >= earlier.ended_at


def at_most_one_live() -> None:
    assert len(live_states()) <= 1


def at_most_one_follows() -> None:
    states = live_states()
    assert len(states) <= 2
    assert len(states) < 2 or "blocked" in states


@pytest.mark.timeout(240)
def test_throttle_runs_exactly_one_job_per_period(running: Platform) -> None:
    calls = call_from_many(running, "at_most_every_second", 5, at_most_one_live)
    wait_until(all_ended, 30, "every job")
    made = list(Job.objects.order_by("created_at").values_list("created_at", flat=True))
    assert 4 <= len(made) < calls
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(made)]
    assert min(gaps) > 0.9  # a row is written a moment after its period has begun
    assert len(values_run()) == len(made)
    check_runs_do_not_overlap()


@pytest.mark.timeout(240)
def test_debounce_runs_the_last_payload_and_never_two_at_once(running: Platform) -> None:
    calls = call_from_many(running, "when_quiet", 4, at_most_one_follows)
    tasks.when_quiet.delay(name="a", value="last")
    wait_until(all_ended, 30, "every job")
    ran = values_run()
    assert ran[-1] == "a:last"
    assert 2 <= len(ran) < calls  # at least one before the last: the maximum wait is 1.2 s
    assert len(ran) == Job.objects.count()
    check_runs_do_not_overlap()


@pytest.mark.timeout(240)
def test_keep_last_runs_the_newest_payload_and_never_two_at_once(running: Platform) -> None:
    calls = call_from_many(running, "newest", 4, at_most_one_follows)
    tasks.newest.delay(name="a", value="last")
    wait_until(all_ended, 30, "every job")
    ran = values_run()
    assert ran[-1] == "a:last"
    assert 3 <= len(ran) < calls
    check_runs_do_not_overlap()


@pytest.mark.timeout(240)
def test_unique_never_has_two_at_once(running: Platform) -> None:
    calls = call_from_many(running, "one_at_a_time", 4, at_most_one_live)
    wait_until(all_ended, 30, "every job")
    assert 3 <= Job.objects.count() <= calls
    check_runs_do_not_overlap()
