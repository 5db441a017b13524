"""The load of a run: spread over time, and never far ahead of the workers."""

import os
import threading
import time
from pathlib import Path

import pytest

from jobs.chaos.history import History
from jobs.chaos.load import Load
from jobs.chaos.plan import Call, duration
from jobs.models import Job

pytestmark = pytest.mark.django_db(transaction=True)


def test_it_waits_while_too_many_jobs_wait_for_a_process() -> None:
    load = Load(History(Path(os.devnull)), [Call("quick", "fixed")] * 120, 0.0, crowd=50)
    thread = threading.Thread(target=load.run, daemon=True)
    thread.start()
    for done in (50, 100):
        _until_made(load, done)
        time.sleep(0.7)
        assert load.done == done
        Job.objects.filter(state="waiting").update(state="completed")
    thread.join(10)
    assert load.done == 120


def test_many_jobs_and_many_faults_take_their_time() -> None:
    assert duration(10_000, 30) == 250
    assert duration(10, 30) == 120


def _until_made(load: Load, calls: int) -> None:
    deadline = time.monotonic() + 20
    while load.done < calls:
        assert time.monotonic() < deadline
        time.sleep(0.02)
