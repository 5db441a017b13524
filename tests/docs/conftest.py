"""What a reader of the pages begins with."""

import shutil
from pathlib import Path

import pytest

from tests.processes import ROOT


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The project's files as a stranger has them, with what some of its tests need."""
    for name in ("config", "jobs", "enrichment", "analysis", "execution", "monitoring", "sandbox", "docs"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for name in ("enrichment", "config", "jobs/canvas"):
        shutil.copytree(ROOT / "tests" / name, tmp_path / "tests" / name)
    for path in (ROOT / "tests").glob("*.py"):
        shutil.copy(path, tmp_path / "tests" / path.name)
    for name in ("manage.py", "pyproject.toml", "Procfile"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path
