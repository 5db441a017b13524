"""An empty Valkey for every test of this folder."""

import pytest

from jobs.fence.connection import client


@pytest.fixture(autouse=True)
def _empty() -> None:
    client().flushdb()
