"""The sandbox's files: SQLite databases in its state folder. What one commit holds survives a kill -9."""

import sqlite3
from pathlib import Path


def open_file(path: Path, schema: str, version: int) -> sqlite3.Connection:
    """The file with its tables; one of another version is set aside and begun anew."""
    connection = connect(path)
    if _version(connection) not in (0, version):
        connection.close()
        path.rename(path.with_suffix(".set-aside"))
        connection = connect(path)
    if _version(connection) == 0:
        connection.executescript(f"BEGIN; {schema} PRAGMA user_version = {version}; COMMIT;")
    return connection


def connect(path: Path, *, any_thread: bool = False) -> sqlite3.Connection:
    """The file as it is; `any_thread`: its user keeps threads apart."""
    connection = sqlite3.connect(path, check_same_thread=not any_thread)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    return connection


def _version(connection: sqlite3.Connection) -> int:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version
