"""What the receiver saw, in one SQLite file: each idempotency key once, however often it came."""

import json
import sqlite3
from pathlib import Path
from typing import Any

_TABLES = """
CREATE TABLE IF NOT EXISTS delivery (
    id INTEGER PRIMARY KEY, inbox TEXT, key TEXT, first_at REAL, times INTEGER, body TEXT, UNIQUE (inbox, key));
CREATE TABLE IF NOT EXISTS refusal (id INTEGER PRIMARY KEY, inbox TEXT, at REAL, reason TEXT);
"""


class Sink:
    """Every inbox of one state folder."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        # Requests are answered one at a time, in whatever thread the server's loop has.
        self._file = sqlite3.connect(
            folder / "webhooks.sqlite3", isolation_level=None, check_same_thread=False
        )
        self._file.row_factory = sqlite3.Row
        self._file.executescript(_TABLES)

    def keep(self, inbox: str, key: str, body: bytes, now: float) -> bool:
        """Keep a notification; False when this key was here before, which is only counted."""
        cursor = self._file.execute(
            "INSERT INTO delivery (inbox, key, first_at, times, body) VALUES (?, ?, ?, 1, ?)"
            " ON CONFLICT (inbox, key) DO UPDATE SET times = times + 1 RETURNING times",
            (inbox, key, now, body.decode(errors="replace")),
        )
        return bool(cursor.fetchone()["times"] == 1)

    def refuse(self, inbox: str, reason: str, now: float) -> None:
        """Note a request that was not accepted."""
        self._file.execute("INSERT INTO refusal (inbox, at, reason) VALUES (?, ?, ?)", (inbox, now, reason))

    def deliveries(self, inbox: str) -> list[dict[str, Any]]:
        """What an inbox holds, oldest first; `times` says how often each came."""
        rows = self._file.execute("SELECT * FROM delivery WHERE inbox = ? ORDER BY id", (inbox,))
        return [
            {"key": row["key"], "times": row["times"], "firstAt": row["first_at"], "body": _json(row["body"])}
            for row in rows
        ]

    def refusals(self, inbox: str) -> list[dict[str, Any]]:
        """What an inbox did not accept, oldest first."""
        rows = self._file.execute("SELECT at, reason FROM refusal WHERE inbox = ? ORDER BY id", (inbox,))
        return [dict(row) for row in rows]

    def inboxes(self) -> dict[str, int]:
        """How many notifications each inbox holds."""
        rows = self._file.execute(
            "SELECT inbox, count(*) AS held FROM delivery GROUP BY inbox ORDER BY inbox"
        )
        return {row["inbox"]: row["held"] for row in rows}

    def empty(self, inbox: str) -> None:
        """Forget what an inbox saw."""
        for table in ("delivery", "refusal"):
            self._file.execute(f"DELETE FROM {table} WHERE inbox = ?", (inbox,))  # noqa: S608 -- our own two names


def _json(body: str) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body
