"""What the seeded traders meant to do: the truth that a reader of the chain can be checked against."""

import json
from dataclasses import asdict, dataclass
from typing import Any, Literal

from sandbox.solana.store import Store

Kind = Literal["buy", "sell", "income", "transfer", "failed"]


@dataclass(frozen=True)
class Entry:
    """One intended act of one wallet, in base units; SOL (native or wrapped) has the mint So111...112.

    The fee stands with the first entry of a transaction, and only with the wallet that paid it. Rent is what
    new token accounts cost the wallet; it is part of neither `quote_amount` nor the fee.
    """

    wallet: str
    kind: Kind
    mint: str = ""
    quantity: int = 0
    quote_mint: str = ""
    quote_amount: int = 0
    direction: Literal["", "in", "out"] = ""  # of a transfer or an income
    counterparty: str = ""
    fee_lamports: int = 0
    rent_lamports: int = 0
    note: str = ""


class Ledger:
    """The entries in the store."""

    def __init__(self, store: Store) -> None:
        self._sql = store.sql

    def append(self, number: int, entries: list[Entry]) -> None:
        """Add the entries of the transaction with this number."""
        self._sql.executemany(
            "INSERT INTO ledger VALUES (?, ?, ?, ?)",
            [
                (entry.wallet, number, position, json.dumps(asdict(entry)))
                for position, entry in enumerate(entries)
            ],
        )

    def note_genesis(self, wallet: str, mint: str, quantity: int) -> None:
        """Remember what a wallet had before the first transaction."""
        self._sql.execute("INSERT INTO genesis VALUES (?, ?, ?)", [wallet, mint, quantity])

    def genesis(self, wallet: str) -> list[dict[str, Any]]:
        """What a wallet had before the first transaction: its missing acquisitions."""
        rows = self._sql.execute(
            "SELECT mint, quantity FROM genesis WHERE wallet = ? ORDER BY mint", [wallet]
        )
        return [{"mint": mint, "quantity": quantity} for mint, quantity in rows]

    def of_wallet(self, wallet: str) -> list[dict[str, Any]]:
        """A wallet's entries in the chain's order, each with its signature, slot and time."""
        rows = self._sql.execute(
            "SELECT t.signature, t.slot, t.block_time, l.entry FROM ledger l"
            " JOIN transactions t ON t.number = l.number WHERE l.wallet = ? ORDER BY l.number, l.position",
            [wallet],
        )
        return [
            {"signature": signature, "slot": slot, "time": time, **json.loads(entry)}
            for signature, slot, time, entry in rows
        ]
