"""Fixtures for pytest: `-p jobs.pytest_plugin`, or `pytest_plugins = ["jobs.pytest_plugin"]`.

pytest imports this before pytest-django has set Django up; what needs Django is imported by the fixtures.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from jobs.testing import Jobs


@pytest.fixture
def inline_jobs(db: None) -> "Iterator[Jobs]":
    """`jobs.testing.inline` around the test."""
    from jobs.testing import inline

    with inline() as jobs:
        yield jobs


@pytest.fixture
def stepwise_jobs(db: None) -> "Iterator[Jobs]":
    """`jobs.testing.stepwise` around the test."""
    from jobs.testing import stepwise

    with stepwise() as jobs:
        yield jobs
