"""Notes on single entries, summed up into flags of a report: one per kind and token, with a sentence."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from analysis.services.pnl.exact import exactly, plain
from analysis.services.wallet_pnl.entries import Note

_SENTENCES = {
    "estimated_value": "{quantity} {mint} given in {count} without SOL, valued by the nearest own trade",
    "unpriced_income": "{quantity} {mint} received for nothing, in {count}, at zero cost",
    "sent_away": "{quantity} {mint} sent away, in {count}, counted as still owned",
}
_COUNTED = {"estimated_value": "trade", "unpriced_income": "transfer", "sent_away": "transfer"}


def flags_of(notes: Iterable[Note]) -> list[dict[str, Any]]:
    """The notes' flags, in the shape that `as_json` gives its own."""
    grouped: dict[tuple[str, str], list[Note]] = {}
    for note in notes:
        grouped.setdefault((note.kind, note.mint), []).append(note)
    return [_flag(kind, mint, found) for (kind, mint), found in grouped.items()]


def incomplete_history() -> dict[str, Any]:
    """The flag of a wallet whose older transactions have not been fetched."""
    return _plain_flag("history_incomplete", "Older transactions have not been fetched yet")


def no_prices(reason: str) -> dict[str, Any]:
    """The flag of a report whose holdings could not be valued."""
    return _plain_flag("no_prices", f"What is held could not be valued: {reason}")


def _flag(kind: str, mint: str, notes: list[Note]) -> dict[str, Any]:
    with exactly():
        quantity = plain(sum((note.quantity for note in notes), Decimal(0)))
    counted = f"{len(notes)} {_COUNTED[kind]}{'' if len(notes) == 1 else 's'}"
    message = _SENTENCES[kind].format(count=counted, quantity=quantity, mint=mint)
    return {
        "kind": kind,
        "asset": mint,
        "time": notes[-1].time.isoformat(),
        "quantity": quantity,
        "message": message,
    }


def _plain_flag(kind: str, message: str) -> dict[str, Any]:
    return {"kind": kind, "asset": "", "time": None, "quantity": None, "message": message}
