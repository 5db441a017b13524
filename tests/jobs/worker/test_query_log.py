"""Under DEBUG Django keeps what was asked of the database; workers and dispatchers must not."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler

from jobs import app


@pytest.fixture
def debugged(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The connection, as under DEBUG; what the test changes is put back."""
    connection = connections["default"]
    monkeypatch.setattr(BaseDatabaseWrapper, "queries_limit", BaseDatabaseWrapper.queries_limit)
    log, connection.force_debug_cursor = connection.queries_log, True
    yield connection
    connection.queries_log, connection.force_debug_cursor = log, False


@pytest.mark.django_db
def test_a_worker_keeps_no_query_of_connections_that_it_has_and_that_it_will_have(debugged: Any) -> None:
    debugged.queries_log.clear()
    debugged.cursor().execute("SELECT 1")
    assert len(debugged.queries_log) == 1
    app._keep_no_queries()
    debugged.cursor().execute("SELECT 1")
    assert len(debugged.queries_log) == 0
    assert ConnectionHandler()["default"].queries_log.maxlen == 0
