"""docs/tutorial/a-job-of-your-own.md, followed word by word in a copy of the project."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from jobs.fence.connection import client as redis
from tests.docs.pages import Block, blocks
from tests.processes import ROOT, Platform, addresses

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(400)]
PAGE = ROOT / "docs" / "tutorial" / "a-job-of-your-own.md"
_PLACES = {  # what the page calls a place in a file, and the line behind which it is
    "config/settings/base.py": "INSTALLED_APPS = [\n",
    "config/queues.py": "QUEUES = (\n",
    "config/schedule.py": "SCHEDULES = (\n",
}


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The project's files as a stranger has them, with this environment's packages."""
    for name in ("config", "jobs", "enrichment", "analysis", "execution", "monitoring", "sandbox"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for name in ("manage.py", "Procfile"):
        shutil.copy(ROOT / name, tmp_path / name)
    binaries = tmp_path / ".venv" / "bin"
    binaries.mkdir(parents=True)
    (binaries / "python").write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} "$@"\n')
    (binaries / "python").chmod(0o755)
    return tmp_path


@pytest.fixture
def stranger(clone: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator["Stranger"]:
    """Somebody who does what the page says."""
    redis().flushall()
    one = Stranger(clone)
    yield one
    one.platform.stop()


class Stranger:
    """Follows the page: writes its files, makes its edits, runs its commands."""

    def __init__(self, clone: Path) -> None:
        self._clone = clone
        logs = clone / "logs"
        logs.mkdir()
        own = {"DJANGO_SETTINGS_MODULE": "config.settings", "PYTHONPATH": str(clone)}
        self.platform = Platform(logs, clone, **own)
        self._environment = os.environ | addresses() | own
        self._site = ""
        self.said = ""

    def write(self, block: Block) -> None:
        """A whole file, or lines for the place that the page names."""
        file = re.findall(r"`([\w./]+)`", block.before)[-1]
        whole = "/" in file and block.before.rstrip().endswith(f"`{file}`:")
        named = [name for name in (*_PLACES, "Procfile") if f"`{name}`" in block.before]
        if whole:
            (self._clone / file).parent.mkdir(exist_ok=True)
            (self._clone / file).write_text(block.text)
            return
        added = re.sub(r"^\+", "", block.text, flags=re.MULTILINE)
        path = self._clone / named[-1]
        before = path.read_text()
        mark = _PLACES.get(named[-1])
        after = before.replace(mark, mark + added, 1) if mark else before + added
        assert after != before
        path.write_text(after)

    def run(self, block: Block) -> None:
        """The commands; `make run` starts what this needs of it."""
        lines = block.text.splitlines(keepends=True)
        if any(line.startswith("make run") for line in lines) and (self._clone / "shop").exists():
            self._start()
        script = "".join(line for line in lines if not line.startswith("make "))
        done = subprocess.run(
            ["/bin/sh", "-c", script.replace("http://127.0.0.1:8000", self._site)],
            cwd=self._clone,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        self.said = done.stdout + done.stderr

    def _start(self) -> None:
        worker = (self._clone / "Procfile").read_text().splitlines()[-1].partition(": ")[2]
        self.platform.command("worker-shop", [sys.executable, "-m", *shlex.split(worker)])
        self.platform.dispatcher()
        self._site = f"http://{self.platform.web()}"


def test_a_stranger_who_follows_the_page_sees_what_it_says(stranger: Stranger) -> None:
    for block in blocks(PAGE):
        if block.kind == "sh":
            stranger.run(block)
        elif block.kind == "text":
            missing = [line for line in block.text.splitlines() if line.strip() not in stranger.said]
            assert missing == [], stranger.said
        else:
            stranger.write(block)
