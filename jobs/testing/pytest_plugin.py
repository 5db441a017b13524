"""Fixtures for pytest: `-p jobs.testing.pytest_plugin`, or `pytest_plugins = ["jobs.testing.pytest_plugin"]`."""

from collections.abc import Iterator

import pytest

from jobs.testing import Jobs, inline, stepwise


@pytest.fixture
def inline_jobs(db: None) -> Iterator[Jobs]:
    """`jobs.testing.inline` around the test."""
    with inline() as jobs:
        yield jobs


@pytest.fixture
def stepwise_jobs(db: None) -> Iterator[Jobs]:
    """`jobs.testing.stepwise` around the test."""
    with stepwise() as jobs:
        yield jobs
