"""Real sandbox processes, over copies of one seeded chain; any test may ask for one."""

import contextlib
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from sandbox.exchange.exchange import open_exchange
from sandbox.solana.chain import open_chain

ROOT = Path(__file__).resolve().parents[1]
READY = "sandbox ready at "
ANCHOR = date(2026, 11, 1)  # the day on which the world of the tests ends


@dataclass(frozen=True)
class Server:
    """A running sandbox process."""

    url: str
    process: subprocess.Popen[str]


@contextlib.contextmanager
def serving(state: Path, *options: str) -> Iterator[Server]:
    """Run `manage.py sandbox` on a free port until the block ends."""
    command = [sys.executable, "manage.py", "sandbox", "--port", "0", "--state", str(state), *options]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.stdout is not None
    said = []
    try:
        for line in process.stdout:  # ends at the process's end; the suite's time limit bounds it
            said.append(line)
            if line.startswith(READY):
                yield Server(line.removeprefix(READY).split()[0], process)
                return
        pytest.fail(f"the sandbox ended before it was ready: {''.join(said)}")
    finally:
        process.kill()
        process.wait(timeout=10)
        process.stdout.close()


@pytest.fixture(scope="session")
def seeded_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder with the whole seeded world; copy it before changing anything."""
    folder = tmp_path_factory.mktemp("seeded")
    chain = open_chain(folder, anchor=ANCHOR)
    open_exchange(folder, chain.directory.seed, chain.anchor).close()
    chain.close()
    return folder


@pytest.fixture(scope="session")
def sandbox_server(seeded_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A sandbox process for tests that only read, or only add."""
    folder = tmp_path_factory.mktemp("serving") / "state"
    shutil.copytree(seeded_folder, folder)
    with serving(folder) as running:
        yield running


@pytest.fixture
def own_state(seeded_folder: Path, tmp_path: Path) -> Path:
    """A seeded state folder for one test alone."""
    return Path(shutil.copytree(seeded_folder, tmp_path / "state"))


@pytest.fixture
def start(own_state: Path) -> Callable[..., AbstractContextManager[Server]]:
    """Starts a sandbox on this test's own state folder, with these options."""
    return lambda *options: serving(own_state, *options)
