"""The node's file: one SQLite database per state folder."""

import fcntl
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from solders.account import Account
from solders.pubkey import Pubkey

from sandbox.sqlite import open_file

VERSION = 1  # of the tables and of the seeded world; a file of another version is set aside
SCHEMA = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE accounts (
    address BLOB PRIMARY KEY, lamports INTEGER NOT NULL, owner BLOB NOT NULL, data BLOB NOT NULL,
    executable INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE transactions (
    number INTEGER PRIMARY KEY, signature TEXT NOT NULL UNIQUE, slot INTEGER NOT NULL,
    position INTEGER NOT NULL, block_time INTEGER NOT NULL,
    failed INTEGER NOT NULL, raw BLOB NOT NULL, effects BLOB NOT NULL);
CREATE UNIQUE INDEX place ON transactions (slot, position);
CREATE TABLE mentions (
    address TEXT NOT NULL, number INTEGER NOT NULL, strength INTEGER NOT NULL,
    PRIMARY KEY (address, number)) WITHOUT ROWID;
CREATE TABLE ledger (
    wallet TEXT NOT NULL, number INTEGER NOT NULL, position INTEGER NOT NULL, entry TEXT NOT NULL,
    PRIMARY KEY (wallet, number, position)) WITHOUT ROWID;
CREATE TABLE genesis (wallet TEXT NOT NULL, mint TEXT NOT NULL, quantity INTEGER NOT NULL);
"""


class StateInUseError(RuntimeError):
    """Another sandbox has this state folder open."""


class Store:
    """The open file. Writes wait in one SQL transaction until `commit`."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = (folder / "lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.close()
            raise StateInUseError(f"another sandbox is using the state folder {folder}") from None
        self.sql = open_file(folder / "solana.sqlite3", SCHEMA, VERSION)

    def fact(self, name: str) -> Any:
        """A stored fact about the chain, None when it was never set."""
        row = self.sql.execute("SELECT value FROM facts WHERE name = ?", [name]).fetchone()
        return json.loads(row[0]) if row else None

    def set_fact(self, name: str, value: Any) -> None:
        """Remember a fact, with the next commit."""
        self.sql.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", [name, json.dumps(value)])

    def save_accounts(self, changes: Mapping[Pubkey, Account | None]) -> None:
        """Write the accounts that changed, with the next commit."""
        gone = [[bytes(address)] for address, account in changes.items() if account is None]
        self.sql.executemany("DELETE FROM accounts WHERE address = ?", gone)
        self.sql.executemany(
            "INSERT OR REPLACE INTO accounts VALUES (?, ?, ?, ?, ?)",
            [
                [bytes(address), account.lamports, bytes(account.owner), account.data, account.executable]
                for address, account in changes.items()
                if account is not None
            ],
        )

    def accounts(self) -> list[tuple[Pubkey, Account]]:
        """Every account as of the last commit."""
        rows = self.sql.execute("SELECT address, lamports, owner, data, executable FROM accounts")
        return [
            (Pubkey(address), Account(lamports, data, Pubkey(owner), bool(executable), 2**64 - 1))
            for address, lamports, owner, data, executable in rows
        ]

    def commit(self) -> None:
        """Make everything since the last commit durable, at once or not at all."""
        self.sql.commit()

    def close(self) -> None:
        """Give the file and the folder free; what was not committed is dropped."""
        self.sql.close()
        self._lock.close()
