"""Workers and dispatchers die while chains and chords go on: no step is lost, none is written twice."""

from collections import Counter

from celery import chain, chord

from jobs.models import Attempt, Chord, ChordPart, Continuation, Job
from tests.jobs.canvas.marks import marks
from tests.jobs.canvas.tasks import add, die_after_success, note_result, slow, xsum
from tests.processes import Platform
from tests.waiting import wait_until

STEPS, CHAINS = 50, 3


def _completed() -> int:
    return Job.objects.filter(state="completed").count()


def _wait_for(count: int) -> None:
    wait_until(lambda: _completed() >= count, 30, f"{count} completed jobs")


def _assert_every_job_ended_once() -> None:
    ends = Counter(Attempt.objects.filter(outcome="completed").values_list("job__uid", flat=True))
    assert set(ends.values()) == {1}
    assert Job.objects.exclude(state="completed").count() == 0
    assert Continuation.objects.count() == 0


def test_three_chains_of_fifty_go_on_while_workers_and_dispatchers_are_killed(platform: Platform) -> None:
    platform.dispatcher("d0")
    platform.worker("w0")
    results = [chain(add.s(0, n), *[add.s(1)] * (STEPS - 1)).delay() for n in range(CHAINS)]
    for n in range(4):
        _wait_for(10 * (n + 1))
        platform.kill(f"w{n}")
        platform.kill(f"d{n}")
        platform.dispatcher(f"d{n + 1}")
        platform.worker(f"w{n + 1}")

    assert [result.get(timeout=60) for result in results] == [STEPS - 1 + n for n in range(CHAINS)]
    wait_until(lambda: _completed() == STEPS * CHAINS, 10, "every step in its row")
    assert Job.objects.count() == STEPS * CHAINS
    _assert_every_job_ended_once()


def test_a_chord_of_a_hundred_has_one_body_though_workers_are_killed(platform: Platform) -> None:
    platform.dispatcher()
    platform.worker("w0")
    result = chord([slow.s(n, 0.1) for n in range(100)], xsum.s()).delay()
    for n in range(3):
        _wait_for(10 * (n + 1))
        platform.kill(f"w{n}")
        platform.worker(f"w{n + 1}")

    assert result.get(timeout=60) == sum(range(100))
    wait_until(lambda: _completed() == 101, 10, "every part in its row")
    assert Job.objects.count() == 101
    assert (Chord.objects.count(), ChordPart.objects.count()) == (0, 0)
    _assert_every_job_ended_once()


def test_the_next_step_is_not_lost_with_the_worker_that_dies_right_after_the_end_of_a_step(
    platform: Platform,
) -> None:
    platform.dispatcher()
    doomed = platform.worker("w0")
    result = chain(die_after_success.s(1), add.s(1)).apply_async(link=note_result.s("after the death"))
    doomed.popen.wait(timeout=30)
    platform.worker("w1")

    assert result.get(timeout=60) == 2
    wait_until(lambda: marks("after the death"), 30, "the callback")
    wait_until(lambda: _completed() == 3, 10, "every job in its row")
    assert marks("after the death") == [2]
    _assert_every_job_ended_once()
