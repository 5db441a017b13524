"""docs/how-to/write-a-provider.md, followed in a copy of the project."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import follow_all
from tests.processes import ROOT, addresses

PAGE = ROOT / "docs" / "how-to" / "write-a-provider.md"


@pytest.mark.timeout(300)
def test_a_stranger_who_follows_the_page_has_a_provider_that_keeps_the_promises(project: Path) -> None:
    follow_all(PAGE, project)
    [told] = re.findall(r'make test ARGS="(.*)"', PAGE.read_text())
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-o", "addopts=", "-p", "no:cacheprovider", "-q", "-x", *shlex.split(told)],
        cwd=project, env=os.environ | addresses(), capture_output=True, text=True, timeout=250, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    assert re.search(r"^\d\d passed", done.stdout, re.MULTILINE)
