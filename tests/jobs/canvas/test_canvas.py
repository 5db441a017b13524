"""The same calls on plain Celery and on Millrace give the same results."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.jobs.canvas.calls import CALLS
from tests.processes import ROOT, Platform, Process, addresses

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


@pytest.mark.timeout(900)
def test_the_same_calls_give_the_same_results(platform: Platform) -> None:
    if os.environ.get("DUMP") and os.path.exists(os.environ["DUMP"] + ".plain"):
        expected = json.load(open(os.environ["DUMP"] + ".plain"))
        plain = platform.celery("plain", "tests.jobs.canvas.plain")
    else:
      plain = platform.celery("plain", "tests.jobs.canvas.plain")
      expected = _results("plain")
    if os.environ.get("DUMP"):
        json.dump(expected, open(os.environ["DUMP"] + ".plain", "w"))
    plain.kill_group()
    platform.dispatcher()
    platform.worker(slots=4)

    found = _results("millrace")

    if os.environ.get("DUMP"):
        json.dump([expected, found], open(os.environ["DUMP"], "w"))
    assert set(found) == set(CALLS)
    assert {name: found[name] for name in CALLS} == expected
