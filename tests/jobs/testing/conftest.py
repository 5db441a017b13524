"""A database for these tests, and the table of marks."""

import pytest
from django.db import connection

from tests.jobs.faults.conftest import _MARKS, platform  # noqa: F401 -- the fixture, for these tests too


@pytest.fixture
def marks(db: None) -> None:
    """The table that `record` writes to."""
    with connection.cursor() as cursor:
        cursor.execute(_MARKS)
