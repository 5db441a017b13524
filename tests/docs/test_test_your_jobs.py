"""docs/how-to/test-your-jobs.md, followed in a copy of the project."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import blocks
from tests.processes import ROOT, addresses

PAGE = ROOT / "docs" / "how-to" / "test-your-jobs.md"


@pytest.mark.timeout(120)
def test_the_examples_of_the_page_are_a_file_of_tests_that_pass(project: Path) -> None:
    [command] = re.findall(r"^\.venv/bin/python (-m pytest .*)$", PAGE.read_text(), re.MULTILINE)
    _, _, file = command.split()
    (project / file).write_text("\n".join(block.text for block in blocks(PAGE) if block.kind == "python"))
    done = subprocess.run(
        [sys.executable, *command.split(), "-o", "addopts=", "-p", "no:cacheprovider"],
        cwd=project, env=os.environ | addresses(), capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    assert "4 passed" in done.stdout
