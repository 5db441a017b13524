"""A wallet's history as entries of the profit and loss engine; the rules are told in the package."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from analysis.services.pnl.entries import Entry, Kind
from analysis.services.pnl.exact import ZERO
from analysis.services.pnl.swaps import Swap, entries_of_swap
from analysis.services.wallet_pnl.history import Moment
from analysis.services.wallet_pnl.worth import WorthBook
from enrichment.providers.solana.programs import DOLLARS, SOL_MINT
from enrichment.services.normaliser.meaning import Leg, Transfer


@dataclass(frozen=True, slots=True)
class Note:
    """Something about one entry that a reader must know."""

    kind: str
    mint: str
    time: datetime
    quantity: Decimal


@dataclass(frozen=True)
class Entries:
    """Entries in the order of the chain, and what there is to say about them."""

    entries: list[Entry]
    notes: list[Note]


def entries_of(moments: Sequence[Moment], book: WorthBook) -> Entries:
    """Every transaction's entries."""
    entries: list[Entry] = []
    notes: list[Note] = []
    for number, moment in enumerate(moments):
        entries += _Step(number, moment, book, notes).entries()
    return Entries(entries, notes)


class _Step:
    """One transaction."""

    def __init__(self, number: int, moment: Moment, book: WorthBook, notes: list[Note]) -> None:
        self._number = number
        self._moment = moment
        self._book = book
        self._notes = notes

    def entries(self) -> Iterator[Entry]:
        meaning = self._moment.meaning
        fee = self._book.units(SOL_MINT, meaning.fee)
        for leg in meaning.legs:
            yield from self._traded(leg, fee)
            fee = ZERO
        for transfer in meaning.transfers:
            yield from self._transferred(transfer)
        if fee:
            yield self._entry(Kind.TRANSFER, SOL_MINT, fee, fee=fee)

    def _traded(self, leg: Leg, fee: Decimal) -> list[Entry]:
        sold = self._book.units(leg.sold_mint, leg.sold_amount)
        bought = self._book.units(leg.bought_mint, leg.bought_amount)
        worth = self._book.of_leg(self._number, leg)
        if worth.estimated:
            self._note("estimated_value", leg.sold_mint, sold)
        swap = Swap(
            self._moment.time,
            leg.sold_mint,
            sold,
            leg.bought_mint,
            bought,
            worth.value,
            fee,
            SOL_MINT,
            self._moment.signature,
        )
        return entries_of_swap(swap, SOL_MINT)

    def _transferred(self, transfer: Transfer) -> list[Entry]:
        if transfer.mint == SOL_MINT:
            return []
        quantity = self._book.units(transfer.mint, transfer.amount)
        if transfer.mint in DOLLARS:
            worth = self._book.of(self._number, transfer.mint, transfer.amount) or ZERO
            kind = Kind.BUY if transfer.incoming else Kind.SELL
            return [self._entry(kind, transfer.mint, quantity, value=worth)]
        if transfer.incoming:
            self._note("unpriced_income", transfer.mint, quantity)
            return [self._entry(Kind.INCOME, transfer.mint, quantity)]
        self._note("sent_away", transfer.mint, quantity)
        return [self._entry(Kind.TRANSFER, transfer.mint, quantity)]

    def _entry(
        self, kind: Kind, mint: str, quantity: Decimal, *, value: Decimal = ZERO, fee: Decimal = ZERO
    ) -> Entry:
        return Entry(
            self._moment.time,
            kind,
            mint,
            quantity,
            value,
            fee,
            reference=self._moment.signature,
        )

    def _note(self, kind: str, mint: str, quantity: Decimal) -> None:
        self._notes.append(Note(kind, mint, self._moment.time, quantity))
