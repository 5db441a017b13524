"""The chain's file: py-evm's key-value store and the transaction pool in one SQLite database.

A block and the pool without its transactions are one commit, so a kill -9 loses no block and no transaction
that was accepted; what is there again after a restart is the chain itself, without a replay.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from eth.db.backends.base import BaseDB

from sandbox.sqlite import connect

SCHEMA = """
CREATE TABLE IF NOT EXISTS entries (key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pool (number INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, raw BLOB NOT NULL);
"""


class Store(BaseDB):
    """py-evm's database on disk. Used under the node's lock; `commit` makes writes durable together."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._sql = connect(folder / "evm.sqlite3", any_thread=True)
        self._sql.executescript(SCHEMA)

    def __getitem__(self, key: bytes) -> bytes:
        row = self._sql.execute("SELECT value FROM entries WHERE key = ?", [key]).fetchone()
        if row is None:
            raise KeyError(key)
        return bytes(row[0])

    def __setitem__(self, key: bytes, value: bytes) -> None:
        self._sql.execute("INSERT OR REPLACE INTO entries VALUES (?, ?)", [key, bytes(value)])

    def __delitem__(self, key: bytes) -> None:
        if not self._sql.execute("DELETE FROM entries WHERE key = ?", [key]).rowcount:
            raise KeyError(key)

    def __iter__(self) -> Iterator[bytes]:
        return (bytes(row[0]) for row in self._sql.execute("SELECT key FROM entries"))

    def __len__(self) -> int:
        return int(self._sql.execute("SELECT count(*) FROM entries").fetchone()[0])

    def _exists(self, key: bytes) -> bool:
        return self._sql.execute("SELECT 1 FROM entries WHERE key = ?", [key]).fetchone() is not None

    def keep_pending(self, digest: bytes, raw: bytes) -> None:
        """Remember a transaction that was accepted."""
        self._sql.execute("INSERT OR REPLACE INTO pool (hash, raw) VALUES (?, ?)", [digest, raw])

    def forget_pending(self, digests: list[bytes]) -> None:
        """Forget transactions that are in a block, were replaced or dropped."""
        self._sql.executemany("DELETE FROM pool WHERE hash = ?", [[digest] for digest in digests])

    def pending(self) -> list[bytes]:
        """The raw transactions that were accepted and are in no block, oldest first."""
        rows: list[Any] = self._sql.execute("SELECT raw FROM pool ORDER BY number").fetchall()
        return [bytes(row[0]) for row in rows]

    def commit(self) -> None:
        """Make everything since the last commit durable."""
        self._sql.commit()

    def close(self) -> None:
        """Close the file; what was not committed is dropped."""
        self._sql.close()
