"""What Django keeps of queries under DEBUG, for processes that run for long and show nobody a debug page."""

from collections import deque

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper


def keep_none() -> None:
    """From now on no connection of this process keeps the texts of its last 9,000 queries: they may be large."""
    BaseDatabaseWrapper.queries_limit = 0
    for connection in connections.all(initialized_only=True):
        connection.queries_log = deque(maxlen=0)
