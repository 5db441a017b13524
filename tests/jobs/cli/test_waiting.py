"""`--wait` with a real dispatcher and worker: the bar moves, the result is JSON, the code tells the end."""

import json
import os
import pty
import re
import signal
import subprocess
from collections.abc import Iterator

import pytest

from jobs.models import Job
from jobs.store import moves
from tests.jobs.cli.conftest import command_line, environment, run
from tests.processes import ROOT, Platform
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


def _on_a_terminal(*words: str) -> tuple[int, str, str]:
    """Exit code, standard output, and what a terminal on standard error got to see."""
    terminal, end = pty.openpty()
    process = subprocess.Popen(
        command_line(*words), cwd=ROOT, env=environment(TERM="xterm", COLUMNS="120"),
        stdout=subprocess.PIPE, stderr=end, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(end)
    seen = b""
    try:
        while chunk := os.read(terminal, 65_536):
            seen += chunk
    except OSError:  # Linux: the last process closed the terminal
        pass
    finally:
        os.close(terminal)
    out, _ = process.communicate(timeout=30)
    return process.returncode, out.decode(), seen.decode()


def test_the_bar_moves_and_the_result_is_the_only_thing_on_stdout(platform: Platform) -> None:
    platform.dispatcher()
    platform.worker()

    code, out, seen = _on_a_terminal(
        "jobs", "enqueue", "climb", "--data", '{"steps": 8, "seconds": 0.3}', "--wait", "--timeout", "90"
    )

    assert (code, json.loads(out)) == (0, {"steps": 8})
    shares = [int(share) for share in re.findall(r"(\d+)%", seen)]
    assert shares == sorted(shares)
    assert len(set(shares) - {0, 100}) >= 3
    assert shares[-1] == 100
    assert "step 4 of 8" in seen


def test_without_a_terminal_progress_is_lines_and_the_code_tells_the_end(platform: Platform) -> None:
    platform.dispatcher()
    platform.worker()

    done = run("jobs", "enqueue", "climb", "--data", '{"steps": 3, "seconds": 0.4}', "--wait")
    failed = run("jobs", "enqueue", "refuse", "--wait")

    assert (done.code, done.json()) == (0, {"steps": 3})
    assert "step 1 of 3" in done.err
    assert "\x1b" not in done.err
    assert (failed.code, failed.out) == (1, "")
    assert failed.err.splitlines()[-1].endswith("failed: Permanent: it is not to be")


def test_waiting_works_while_redis_is_away_and_a_cancelled_job_ends_with_code_4() -> None:
    with subprocess.Popen(
        command_line("jobs", "enqueue", "noop", "--wait", "--json"), cwd=ROOT,
        env=environment(REDIS_URL="redis://127.0.0.1:1/0"), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True,
    ) as process:  # fmt: skip
        job = wait_until(lambda: Job.objects.filter(state="waiting").first(), 30, "the row")
        assert job is not None
        moves.cancel(job.uid, "not today")
        out, err = process.communicate(timeout=30)

    assert process.returncode == 4
    assert (json.loads(out)["state"], json.loads(out)["reason"]) == ("cancelled", "not today")
    assert err.splitlines()[-1].endswith("was cancelled: not today")


@pytest.fixture
def _interruptible() -> Iterator[None]:
    """Processes that are started hear SIGINT, although `make test &` ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("_interruptible")
def test_an_interrupted_wait_ends_with_code_130_and_the_job_goes_on() -> None:
    with subprocess.Popen(
        command_line("jobs", "enqueue", "noop", "--wait"), cwd=ROOT, env=environment(),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stderr is not None
        while "waiting" not in process.stderr.readline().split():  # the first line of progress
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)

    assert (process.returncode, out) == (130, "")
    assert err.splitlines()[-1] == f"CommandError: Interrupted; job {Job.objects.get().uid} goes on."
    assert Job.objects.get().state == "waiting"
