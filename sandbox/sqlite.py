"""The sandbox's files: SQLite databases in its state folder. What one commit holds survives a kill -9."""

import sqlite3
from pathlib import Path


def open_file(path: Path, schema: str, version: int) -> sqlite3.Connection:
    """The file with its tables; one of another version is set aside and begun anew."""
    connection = _connect(path)
    if _version(connection) not in (0, version):
        connection.close()
        path.rename(path.with_suffix(".set-aside"))
        connection = _connect(path)
    if _version(connection) == 0:
        connection.executescript(f"BEGIN; {schema} PRAGMA user_version = {version}; COMMIT;")
    return connection


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    return connection


def _version(connection: sqlite3.Connection) -> int:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version
