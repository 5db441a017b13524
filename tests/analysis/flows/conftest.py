"""A clean platform whose workers see the sandbox."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from jobs.fence.connection import client
from tests.outside import Outside
from tests.processes import Platform


@pytest.fixture
def platform(
    transactional_db: None, outside: Outside, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Platform]:
    """Starts dispatchers and workers on request."""
    client().flushall()
    monkeypatch.setenv("SANDBOX_URL", outside.url)
    platform = Platform(tmp_path)
    try:
        yield platform
    finally:
        platform.stop()
