"""Database sessions of processes that others take over from."""

from typing import Any

from django.db import connections
from django.db.backends.signals import connection_created


def let_go_after(seconds: float) -> None:
    """Let PostgreSQL end a transaction of this process in which nothing happens for so long.

    A process that is frozen in the middle of one, or cut off, would hold its locks until it comes back, and
    whoever takes over from it would wait for them.
    """
    milliseconds = max(1, int(seconds * 1000))

    def limit(connection: Any, **_: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('idle_in_transaction_session_timeout', %s, false)", [str(milliseconds)]
            )

    connection_created.connect(limit, weak=False, dispatch_uid="jobs.store.sessions")
    connections.close_all()
