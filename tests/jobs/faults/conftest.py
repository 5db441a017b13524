"""A clean platform per test: empty tables, an empty Redis, and processes that are all killed at the end."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from jobs.fence.connection import client
from tests.processes import Platform

_MARKS = """
CREATE TABLE IF NOT EXISTS tests_mark
    (id bigserial PRIMARY KEY, mark text NOT NULL, pid int NOT NULL, at timestamptz DEFAULT clock_timestamp())
"""


@pytest.fixture
def platform(transactional_db: None, tmp_path: Path) -> Iterator[Platform]:
    """Starts dispatchers and workers on request."""
    client().flushall()
    with connection.cursor() as cursor:
        cursor.execute(_MARKS)
        cursor.execute("TRUNCATE tests_mark")
    platform = Platform(tmp_path)
    try:
        yield platform
    finally:
        platform.stop()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """A failed test shows what its processes said."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]  # pluggy's result object
    platform = getattr(item, "funcargs", {}).get("platform")
    if report.failed and platform is not None:
        report.sections.append(("processes", platform.logs()))
