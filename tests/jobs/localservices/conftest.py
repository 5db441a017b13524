"""A launcher of a test's own."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from jobs.localservices.launcher import Launcher
from jobs.localservices.throwaway import throwaway


@pytest.fixture
def launcher(tmp_path: Path) -> Iterator[Launcher]:
    """Nothing runs yet. As root, pytest's folder is closed to PostgreSQL's user: the hard case."""
    with throwaway(tmp_path, os.environ) as fresh:
        yield fresh
