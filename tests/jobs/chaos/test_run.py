"""A small run, with real processes on services of its own."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from jobs.chaos import history
from tests.processes import ROOT

SETTINGS = {"DJANGO_SETTINGS_MODULE": "config.settings"}


@pytest.mark.timeout(240)
def test_a_run_comes_to_a_verdict_on_every_promise_and_keeps_its_history(tmp_path: Path) -> None:
    words = ["jobs", "chaos", "--jobs", "150", "--faults", "2", "--seed", "5", "--profile", "worker"]
    done = subprocess.run(
        [sys.executable, "manage.py", *words, "--keep", str(tmp_path), "--json"],
        cwd=ROOT, env=os.environ | SETTINGS, capture_output=True, text=True, check=False, timeout=230,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    verdicts = {verdict["number"]: verdict for verdict in json.loads(done.stdout)}
    assert sorted(verdicts) == list(range(1, 16))
    assert verdicts[1]["checked"] >= 140
    lines = history.read(tmp_path / "history.jsonl")
    assert sum(line["event"] == "fault" for line in lines) == 2
    assert [line["at"] for line in lines] == sorted(line["at"] for line in lines)


def test_a_wrong_profile_is_a_sentence(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "jobs", "chaos", "--profile", "mild", "--keep", str(tmp_path)],
        cwd=ROOT, env=os.environ | SETTINGS, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 2
    assert "invalid choice: 'mild'" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.timeout(150)
@pytest.mark.parametrize(
    ("interrupt", "status"),
    [
        pytest.param(lambda pid: os.killpg(pid, signal.SIGINT), 130, id="Ctrl-C"),
        pytest.param(lambda pid: os.kill(pid, signal.SIGTERM), 130, id="SIGTERM"),
        pytest.param(lambda pid: os.kill(pid, signal.SIGKILL), -9, id="SIGKILL"),
    ],
)
def test_a_run_that_is_interrupted_ends_soon_and_leaves_no_process(
    tmp_path: Path, interrupt: Callable[[int], None], status: int
) -> None:
    words = [
        "jobs",
        "chaos",
        "--jobs",
        "9000",
        "--faults",
        "2",
        "--profile",
        "worker",
        "--keep",
        str(tmp_path),
    ]
    run = subprocess.Popen(
        [sys.executable, "manage.py", *words], cwd=ROOT, env=os.environ | SETTINGS, start_new_session=True,
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert run.stderr is not None
    try:
        next(line for line in run.stderr if "calls made" in line)  # of a load that would last minutes
        family = psutil.Process(run.pid).children(recursive=True)
        interrupt(run.pid)
        run.communicate(timeout=60)
    finally:
        run.kill()
    assert run.returncode == status
    _, left = psutil.wait_procs(family, timeout=10)
    assert not [process for process in left if process.status() != "zombie"]
