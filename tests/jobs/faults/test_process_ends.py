"""However a pool process ends, its job is found in seconds, and one that ends its process each time is given up."""

import signal
from pathlib import Path
from typing import Any

from celery import current_app

from jobs.fence.connection import client
from jobs.fence.roll import call_roll
from jobs.models import Attempt, DeadLetter, Job
from tests.jobs.faults.history import assert_each_completed_once, executions, wait_for_all
from tests.processes import Platform, Process
from tests.sample_tasks import die, hoard, hold_the_interpreter, leave, mark
from tests.waiting import wait_until


def _outcomes(result: Any) -> list[str]:
    return list(Attempt.objects.filter(job__uid=result.id).order_by("run").values_list("outcome", flat=True))


def test_whatever_ends_a_process_ends_in_the_dead_letters_and_holds_up_nobody(
    platform: Platform, tmp_path: Path
) -> None:
    platform.dispatcher()
    worker = platform.worker("w1", "quick", 4)
    busy = hold_the_interpreter.enqueue(name="no heartbeat from here", seconds=5)  # the lease is 2 s
    deadly = [
        leave.enqueue(status=0),
        leave.enqueue(status=1),
        leave.enqueue(status=0, politely=True),
        die.enqueue(number=signal.SIGSEGV),
    ]
    greedy = hoard.enqueue()
    others = mark.enqueue_many([{"name": str(n)} for n in range(10)])

    wait_for_all([busy, *deadly, greedy, *others], 40)

    assert _outcomes(busy) == ["completed"]
    assert [_outcomes(result) for result in deadly] == [["stalled"] * 3] * 4
    letters = DeadLetter.objects.filter(job_uid__in=[result.id for result in deadly])
    assert list(letters.values_list("error_type", flat=True)) == ["Stalled"] * 4
    assert _outcomes(greedy) == ["failed"]
    assert DeadLetter.objects.get(job_uid=greedy.id).error_type == "MemoryError"
    assert_each_completed_once([busy, *others])
    assert max(executions().values()) == 1
    assert worker.popen.poll() is None
    _a_pickle_is_refused_unread(worker, tmp_path / "opened")


def _a_pickle_is_refused_unread(worker: Process, opened: Path) -> None:
    with current_app.connection_for_write() as connection:
        headers = {"task": mark.name, "id": "trap", "lang": "py"}
        connection.SimpleQueue("quick").put(Trap(str(opened)), serializer="pickle", headers=headers)
    wait_until(lambda: "Refusing to deserialize" in worker.log.read_text(), 20, "the refusal")
    assert mark.delay("next").get(timeout=20) == "next"
    assert not opened.exists()


def test_told_to_go_it_keeps_its_lease_until_its_job_has_ended_and_another_takes_over(
    platform: Platform,
) -> None:
    platform.dispatcher()
    leaving = platform.worker("w1", "quick", 1)
    (long,) = mark.enqueue_many([{"name": "long", "seconds": 5.0}])  # the lease is 2 s
    wait_until(lambda: Job.objects.filter(uid=long.id, state="active").exists(), 15, "the start")

    leaving.send(signal.SIGTERM)
    wait_until(lambda: call_roll(client()).slots("quick") == 0, 10, "the news")
    leaving.send(signal.SIGTERM)
    later = mark.enqueue_many([{"name": f"later {n}"} for n in range(4)])
    recycling = platform.worker(
        "w2", "quick", 1, "--max-memory-per-child=1000"
    )  # kB: less than any process has
    first = recycling.children()

    wait_for_all([long, *later], 40)
    assert_each_completed_once([long, *later])
    assert set(Attempt.objects.values_list("outcome", flat=True)) == {"completed"}
    workers = Attempt.objects.exclude(job__uid=long.id).values_list("worker", flat=True)
    assert {worker.partition("@")[0] for worker in workers} == {"w2"}
    wait_until(lambda: set(recycling.children()) - set(first), 15, "a new process")
    assert leaving.popen.wait(10) == 0
    assert not [name for name in call_roll(client()).live if name.startswith("w1@")]


class Trap:
    """Writes a file where it is unpickled."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return open, (self.path, "w")
