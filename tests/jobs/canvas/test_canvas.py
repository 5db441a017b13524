"""The same calls on plain Celery and on Millrace give the same results."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests.jobs.canvas.calls import CALLS
from tests.processes import ROOT, Platform, Process, _test_addresses
from tests.waiting import wait_until


def _results(application: str) -> Any:
    ran = subprocess.run(
        [sys.executable, "-m", "tests.jobs.canvas.run", application],
        cwd=ROOT,
        env=os.environ | _test_addresses(),
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    return json.loads(ran.stdout)


@pytest.mark.timeout(900)
def test_the_same_calls_give_the_same_results(platform: Platform) -> None:
    plain = platform.celery("plain", "tests.jobs.canvas.plain")
    expected = _results("plain")
    plain.kill_group()
    platform.dispatcher()
    platform.worker(slots=4)

    found = _results("millrace")

    if os.environ.get("DUMP"):
        json.dump([expected, found], open(os.environ["DUMP"], "w"))
    assert set(found) == set(CALLS)
    assert {name: found[name] for name in CALLS} == expected
