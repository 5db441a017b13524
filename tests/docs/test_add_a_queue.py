"""docs/how-to/add-a-queue.md, followed in a copy of the project."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import follow_all
from tests.processes import ROOT, addresses

PAGE = ROOT / "docs" / "how-to" / "add-a-queue.md"


def check(project: Path) -> str:
    """What the page's command says."""
    done = subprocess.run(
        [sys.executable, "manage.py", "jobs", "check"], cwd=project, capture_output=True, text=True, timeout=100,
        env=os.environ | addresses() | {"DJANGO_SETTINGS_MODULE": "config.settings"}, check=False,
    )  # fmt: skip
    return done.stdout + done.stderr


@pytest.mark.django_db(transaction=True)
def test_the_queue_of_the_page_is_sound_and_one_that_nobody_serves_is_not(project: Path) -> None:
    follow_all(PAGE, project)
    assert "No faults" in check(project)
    procfile = project / "Procfile"
    procfile.write_text("".join(procfile.read_text().splitlines(keepends=True)[:-1]))
    assert "'reports'" in check(project)
