"""Walks a trade history once and matches every disposal with the lots it takes.

Entries are taken in order of time; those of the same instant in the order given.

Fees. A fee has a worth in money, and that worth is treated alike whatever it was paid in:
- on a purchase or income it adds to the cost basis, on a sale it reduces the proceeds, on a transfer it is
  an expense of its own, outside the gain;
- paid in the quote currency: it is worth its amount;
- paid in the asset bought or received: it never arrived, so that much less is acquired, for the same cost;
- paid in the asset sold: a disposal of that quantity besides the sale, at the sale's unit price;
- paid in any other asset, or on a transfer: it spends lots of that asset, and since no price is known for
  them it is worth what they cost; spending them gains nothing, so they are listed apart from the matches.

A transfer between own wallets (one entry, not one per side) changes nothing but its fee: lots keep date and
cost. Income adds a lot that costs what it was worth, and counts as income.

A disposal of more than is held takes what there is; for the rest the acquisition is missing: it has no
basis, hence zero cost, and is marked so. What is bought later does not fill it.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from operator import attrgetter

from analysis.services.pnl.entries import Entry, Kind
from analysis.services.pnl.exact import ZERO, exactly, share
from analysis.services.pnl.lots import Holding, Method, Piece, new_holding


class Event(StrEnum):
    """Why a quantity left."""

    SALE = "sale"
    FEE = "fee"


class Basis(StrEnum):
    """Where the cost basis of a match comes from."""

    LOT = "lot"
    POOL = "pool"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Match:
    """A quantity disposed of, joined to the lot it came from; money in the quote currency.

    The event is FEE for a fee paid in the asset that is being sold.
    """

    asset: str
    sold_at: datetime
    acquired_at: datetime | None
    quantity: Decimal
    proceeds: Decimal
    cost_basis: Decimal
    gain: Decimal
    event: Event
    basis: Basis
    reference: str


@dataclass(frozen=True, slots=True)
class Spent:
    """A quantity spent at cost on a fee, joined to the lot it came from."""

    asset: str
    spent_at: datetime
    acquired_at: datetime | None
    quantity: Decimal
    cost_basis: Decimal
    basis: Basis
    reference: str


@dataclass(frozen=True, slots=True)
class Amount:
    """Money of one entry: its income, or the worth of its fee."""

    asset: str
    time: datetime
    value: Decimal


@dataclass(frozen=True, slots=True)
class OpenLot:
    """What is left of an acquisition; `acquired_at` is None for an average-cost pool."""

    asset: str
    acquired_at: datetime | None
    quantity: Decimal
    cost_basis: Decimal


@dataclass(slots=True)
class Matching:
    """All that one walk found, in order of time."""

    matches: list[Match] = field(default_factory=list)
    spent: list[Spent] = field(default_factory=list)
    income: list[Amount] = field(default_factory=list)
    trade_fees: list[Amount] = field(default_factory=list)
    transfer_fees: list[Amount] = field(default_factory=list)
    acquired: dict[str, Decimal] = field(default_factory=lambda: defaultdict(lambda: ZERO))
    assets: set[str] = field(default_factory=set)
    open_lots: list[OpenLot] = field(default_factory=list)


def match_entries(entries: Iterable[Entry], method: Method) -> Matching:
    """Matches every disposal with lots by the method."""
    with exactly():
        return _Walk(method).through(sorted(entries, key=attrgetter("time")))


class _Walk:
    def __init__(self, method: Method) -> None:
        self._holdings: dict[str, Holding] = defaultdict(lambda: new_holding(method))
        self._from = Basis.POOL if method is Method.AVERAGE else Basis.LOT
        self._found = Matching()

    def through(self, entries: Iterable[Entry]) -> Matching:
        steps = {
            Kind.BUY: self._acquire,
            Kind.INCOME: self._receive_income,
            Kind.SELL: self._sell,
            Kind.TRANSFER: self._transfer,
        }
        for entry in entries:
            self._found.assets.add(entry.asset)
            steps[entry.kind](entry)
        self._found.open_lots = [
            OpenLot(asset, piece.acquired_at, piece.quantity, piece.cost)
            for asset in sorted(self._holdings)
            for piece in self._holdings[asset].open()
        ]
        return self._found

    def _acquire(self, entry: Entry) -> None:
        quantity, cost = entry.quantity, entry.value
        if entry.fee_in_kind:
            quantity -= entry.fee
            worth = _at_trade_price(entry)
        else:
            worth = self._pay_fee(entry)
            cost += worth
        self._note(self._found.trade_fees, entry, worth)
        self._found.acquired[entry.asset] += quantity
        self._holdings[entry.asset].add(entry.time, quantity, cost)

    def _receive_income(self, entry: Entry) -> None:
        self._note(self._found.income, entry, entry.value)
        self._acquire(entry)

    def _sell(self, entry: Entry) -> None:
        worth = _at_trade_price(entry) if entry.fee_in_kind else self._pay_fee(entry)
        self._note(self._found.trade_fees, entry, worth)
        self._dispose(entry, entry.quantity, entry.value - worth, Event.SALE)
        if entry.fee_in_kind and entry.fee:
            self._dispose(entry, entry.fee, worth, Event.FEE)

    def _transfer(self, entry: Entry) -> None:
        self._note(self._found.transfer_fees, entry, self._pay_fee(entry))

    def _pay_fee(self, entry: Entry) -> Decimal:
        """Worth of a fee in money, or in an asset that is spent at cost."""
        if entry.fee_asset is None or not entry.fee:
            return entry.fee
        self._found.assets.add(entry.fee_asset)
        worth = ZERO
        for piece, basis in self._take(entry.fee_asset, entry.fee):
            worth += piece.cost
            spent = (piece.acquired_at, piece.quantity, piece.cost, basis, entry.reference)
            self._found.spent.append(Spent(entry.fee_asset, entry.time, *spent))
        return worth

    def _take(self, asset: str, quantity: Decimal) -> list[tuple[Piece, Basis]]:
        """Pieces of exactly the quantity; the last without basis when too little is held."""
        pieces = [(piece, self._from) for piece in self._holdings[asset].take(quantity)]
        missing = quantity - sum((piece.quantity for piece, _ in pieces), ZERO)
        if missing:
            pieces.append((Piece(None, missing, ZERO), Basis.MISSING))
        return pieces

    def _dispose(self, entry: Entry, quantity: Decimal, proceeds: Decimal, event: Event) -> None:
        """Adds a match per piece; the proceeds follow the quantities."""
        left, unpaid = quantity, proceeds
        for piece, basis in self._take(entry.asset, quantity):
            left -= piece.quantity
            unpaid_before, unpaid = unpaid, share(proceeds, left, quantity)
            part = unpaid_before - unpaid
            self._found.matches.append(
                Match(
                    asset=entry.asset,
                    sold_at=entry.time,
                    acquired_at=piece.acquired_at,
                    quantity=piece.quantity,
                    proceeds=part,
                    cost_basis=piece.cost,
                    gain=part - piece.cost,
                    event=event,
                    basis=basis,
                    reference=entry.reference,
                )
            )

    @staticmethod
    def _note(amounts: list[Amount], entry: Entry, value: Decimal) -> None:
        if value:
            amounts.append(Amount(entry.asset, entry.time, value))


def _at_trade_price(entry: Entry) -> Decimal:
    return share(entry.value, entry.fee, entry.quantity)
