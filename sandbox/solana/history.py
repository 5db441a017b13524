"""The chain's past: every transaction, found by signature or by an address it has to do with."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from sandbox.solana.records import TransactionRecord, pack, unpack
from sandbox.solana.store import Store

COLUMNS = "t.number, t.signature, t.slot, t.position, t.block_time, t.raw, t.effects"


class Strength(IntEnum):
    """How closely a transaction has to do with an address; the closest counts."""

    TOKEN_ACCOUNT = 1  # it mentions a token account of the address
    TOKEN_BALANCE = 2  # it changes the balance of one
    MENTIONED = 3  # it mentions the address itself: all that getSignaturesForAddress knows


@dataclass(frozen=True)
class Bounds:
    """Ranges that transactions must lie in: (column, comparison, value) with names checked on the way in."""

    conditions: tuple[tuple[str, str, int], ...] = ()
    failed: bool | None = None

    def sql(self) -> tuple[str, list[int]]:
        """The conditions as SQL and its values."""
        parts = [f" AND t.{column} {comparison} ?" for column, comparison, _ in self.conditions]
        values = [value for _, _, value in self.conditions]
        if self.failed is not None:
            parts.append(" AND t.failed = ?")
            values.append(int(self.failed))
        return "".join(parts), values


class History:
    """The transactions in the store."""

    def __init__(self, store: Store) -> None:
        self._sql = store.sql
        row = self._sql.execute("SELECT max(number) FROM transactions").fetchone()
        self.count: int = row[0] or 0
        last = self.latest(1)
        self._slot, self._position = (last[0].slot, last[0].position) if last else (0, -1)

    def next_place(self, slot: int) -> tuple[int, int]:
        """The number and the position in its slot of the transaction to be appended."""
        return self.count + 1, self._position + 1 if slot == self._slot else 0

    def append(self, record: TransactionRecord, mentions: Mapping[str, Strength]) -> None:
        """Add the newest transaction, with the next commit."""
        effects = record.effects
        self._sql.execute(
            "INSERT INTO transactions VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                record.number,
                record.signature,
                record.slot,
                record.position,
                record.block_time,
                effects.error is not None,
                record.raw,
                pack(effects),
            ],
        )
        self._sql.executemany(
            "INSERT INTO mentions VALUES (?, ?, ?)",
            [(address, record.number, int(strength)) for address, strength in mentions.items()],
        )
        self.count, self._slot, self._position = record.number, record.slot, record.position

    def find(self, signature: str) -> TransactionRecord | None:
        """The transaction with this signature."""
        return next(self._select("WHERE t.signature = ?", [signature]), None)

    def number_of(self, signature: str) -> int | None:
        """The place of a signature in the chain's order."""
        row = self._sql.execute("SELECT number FROM transactions WHERE signature = ?", [signature]).fetchone()
        return row[0] if row else None

    def number_at(self, slot: int, position: int) -> int | None:
        """The number of the transaction at a position in a slot."""
        query = "SELECT number FROM transactions WHERE slot = ? AND position = ?"
        row = self._sql.execute(query, [slot, position]).fetchone()
        return row[0] if row else None

    def latest(self, limit: int) -> list[TransactionRecord]:
        """The last transactions of all, newest first."""
        return list(self._select("ORDER BY t.number DESC LIMIT ?", [limit]))

    def all(self) -> Iterator[TransactionRecord]:
        """Every transaction, oldest first."""
        return self._select("ORDER BY t.number", [])

    def of_address(
        self,
        address: str,
        limit: int,
        *,
        strength: Strength = Strength.MENTIONED,
        before: int | None = None,
        after: int | None = None,
        ascending: bool = False,
        bounds: Bounds = Bounds(),
    ) -> list[TransactionRecord]:
        """Transactions that have to do with an address, between two numbers (both excluded)."""
        extra, values = bounds.sql()
        order = "ASC" if ascending else "DESC"
        clause = (
            "JOIN mentions m ON m.number = t.number WHERE m.address = ? AND m.strength >= ?"
            f" AND m.number < ? AND m.number > ?{extra} ORDER BY m.number {order} LIMIT ?"
        )
        last = self.count + 1 if before is None else before
        return list(self._select(clause, [address, int(strength), last, after or 0, *values, limit]))

    def count_of(self, address: str) -> int:
        """How many transactions mention an address."""
        query = "SELECT count(*) FROM mentions WHERE address = ? AND strength = ?"
        count: int = self._sql.execute(query, [address, int(Strength.MENTIONED)]).fetchone()[0]
        return count

    def _select(self, clause: str, values: Iterable[Any]) -> Iterator[TransactionRecord]:
        statement = f"SELECT {COLUMNS} FROM transactions t {clause}"  # noqa: S608 -- no outside text in it
        for row in self._sql.execute(statement, list(values)):
            number, signature, slot, position, time, raw, effects = row
            yield TransactionRecord(number, signature, slot, position, time, raw, unpack(effects))
