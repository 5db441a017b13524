"""docs/how-to/write-a-provider.md, followed in a copy of the project."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import Block, applied, blocks
from tests.processes import ROOT, addresses

PAGE = ROOT / "docs" / "how-to" / "write-a-provider.md"


def follow(block: Block, project: Path) -> None:
    """Change the file that was named last, or write it when it is new."""
    path = project / re.findall(r"`([\w./]+\.\w+)`", block.before)[-1]
    if block.kind == "python":
        assert not path.exists()
        path.write_text(block.text)
    else:
        path.write_text(applied(block.text, path.read_text()))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The project's files as a stranger has them."""
    for name in ("config", "jobs", "enrichment", "analysis", "execution", "monitoring", "sandbox", "docs"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for name in ("__init__.py", "conftest.py", "outside.py", "sandbox_server.py", "services_plugin.py", "waiting.py"):
        (tmp_path / "tests").mkdir(exist_ok=True)
        shutil.copy(ROOT / "tests" / name, tmp_path / "tests" / name)
    for name in ("enrichment", "config"):
        shutil.copytree(ROOT / "tests" / name, tmp_path / "tests" / name)
    for name in ("manage.py", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def test_a_stranger_who_follows_the_page_has_a_provider_that_keeps_the_promises(project: Path) -> None:
    named = ""
    for block in blocks(PAGE):
        if block.kind in {"python", "diff"}:
            before = block.before if "`" in block.before else named
            follow(Block(before, block.kind, block.text), project)
            named = before
        elif "make test" in block.text:
            wanted = shlex.split(block.text.split('"')[1])
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-o", "addopts=", "-p", "no:cacheprovider", "-q", "-x", *wanted],
        cwd=project, env=os.environ | addresses(), capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    assert "passed" in done.stdout
    assert "skipped" not in done.stdout
