"""The same calls on plain Celery and on Millrace give the same results."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.jobs.canvas.calls import CALLS
from tests.processes import ROOT, Platform, addresses

_CALLERS = 4


def _results(application: str) -> dict[str, Any]:
    """The calls' results, from four processes at a time."""
    names = list(CALLS)
    with ThreadPoolExecutor(_CALLERS) as pool:
        shares = pool.map(lambda first: _run(application, names[first::_CALLERS]), range(_CALLERS))
        return {name: result for share in shares for name, result in share.items()}


def _run(application: str, names: list[str]) -> dict[str, Any]:
    ran = subprocess.run(
        [sys.executable, "-m", "tests.jobs.canvas.run", application, *names],
        cwd=ROOT,
        env=os.environ | addresses() | ({"DJANGO_SETTINGS_MODULE": ""} if application == "plain" else {}),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    results: dict[str, Any] = json.loads(ran.stdout)
    return results


# Where Millrace knows more, on purpose; docs/reference/canvas.md says why. Plain Celery's answer, then ours.
DIFFERENCES: dict[str, tuple[Any, Any]] = {
    "ignore_result_per_call": ([["1"], "PENDING", "None"], [["1"], "SUCCESS", "None"]),
    "ignore_result_per_task": ([["3"], "PENDING"], [["3"], "SUCCESS"]),
}


@pytest.mark.timeout(900)
def test_the_same_calls_give_the_same_results(platform: Platform) -> None:
    plain = platform.celery("plain", "tests.jobs.canvas.plain")
    expected = _results("plain")
    plain.kill_group()
    platform.dispatcher()
    platform.worker(slots=4)

    found = _results("millrace")

    assert set(found) == set(expected) == set(CALLS)
    different = {name: (expected[name], found[name]) for name in CALLS if expected[name] != found[name]}
    assert different == DIFFERENCES
