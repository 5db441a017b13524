"""A wallet's history as trades and closed positions: what behaviour is read from."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from analysis.services.pnl.exact import ZERO, exactly
from analysis.services.pnl.lots import Method
from analysis.services.pnl.matching import Basis, Event, Match, match_entries
from analysis.services.wallet_pnl.entries import entries_of
from analysis.services.wallet_pnl.history import History
from analysis.services.wallet_pnl.worth import WorthBook
from enrichment.providers.solana.programs import MONEY


@dataclass(frozen=True, slots=True)
class TradeMade:
    """One purchase or sale of a token: when, and its worth in SOL. Coin for coin is a sale and a purchase."""

    time: datetime
    mint: str
    bought: bool
    value: Decimal


@dataclass(frozen=True, slots=True)
class Held:
    """A quantity that was acquired and sold again: for how long it was held, and what it had cost (SOL)."""

    mint: str
    seconds: Decimal
    cost: Decimal


@dataclass(frozen=True, slots=True)
class Closed:
    """All that one transaction sold of a token, against the lots it took (FIFO)."""

    mint: str
    time: datetime
    gain: Decimal


@dataclass(frozen=True)
class Filters:
    """What is looked at: `since` inclusive, `until` exclusive; tokens traded for less in all are left out."""

    since: datetime | None = None
    until: datetime | None = None
    exclude_mints: frozenset[str] = frozenset()
    min_trading_volume: Decimal = ZERO

    def covers(self, time: datetime) -> bool:
        """Whether a moment lies within."""
        return (self.since is None or time >= self.since) and (self.until is None or time < self.until)


@dataclass(frozen=True)
class Activity:
    """What is left of a history after the filters, oldest first; `left_out` are the tokens traded for too little."""

    trades: tuple[TradeMade, ...]
    held: tuple[Held, ...]
    closed: tuple[Closed, ...]
    left_out: tuple[str, ...]


def activity_of(history: History, filters: Filters, sol_usd: Decimal | None = None) -> Activity:
    """The trades and positions of a history. Lots are matched over all of it, whatever the time range."""
    book = WorthBook(history.moments, history.decimals, sol_usd)
    with exactly():
        trades = [trade for trade in trades_of(history, book) if _wanted(trade.mint, trade.time, filters)]
        volumes: dict[str, Decimal] = defaultdict(lambda: ZERO)
        for trade in trades:
            volumes[trade.mint] += trade.value
    small = {mint for mint, volume in volumes.items() if volume < filters.min_trading_volume}
    found = match_entries(entries_of(history.moments, book).entries, Method.FIFO)
    sales = [
        match
        for match in found.matches
        if match.event is Event.SALE
        and match.asset not in small | MONEY
        and _wanted(match.asset, match.sold_at, filters)
    ]
    return Activity(
        trades=tuple(trade for trade in trades if trade.mint not in small),
        held=tuple(_held(sales)),
        closed=tuple(_closed(sales)),
        left_out=tuple(sorted(small)),
    )


def trades_of(history: History, book: WorthBook) -> Iterable[TradeMade]:
    """Every side of every trade that is no money, with the trade's worth in SOL."""
    for number, moment in enumerate(history.moments):
        for leg in moment.meaning.legs:
            value = book.of_leg(number, leg).value
            for mint, bought in ((leg.sold_mint, False), (leg.bought_mint, True)):
                if mint not in MONEY:
                    yield TradeMade(moment.time, mint, bought, value)


def _wanted(mint: str, time: datetime, filters: Filters) -> bool:
    return mint not in filters.exclude_mints and filters.covers(time)


def _held(sales: Iterable[Match]) -> Iterable[Held]:
    """What nobody knows the acquisition of was held for no known time."""
    for match in sales:
        if match.acquired_at is not None and match.basis is Basis.LOT:
            seconds = Decimal(int((match.sold_at - match.acquired_at).total_seconds()))
            yield Held(match.asset, seconds, match.cost_basis)


def _closed(sales: Iterable[Match]) -> Iterable[Closed]:
    """Without a known acquisition there is no gain to judge by."""
    gains: dict[tuple[str, str, datetime], Decimal] = {}
    with exactly():
        for match in sales:
            if match.basis is Basis.LOT:
                key = (match.asset, match.reference, match.sold_at)
                gains[key] = gains.get(key, ZERO) + match.gain
    return [Closed(mint, time, gain) for (mint, _, time), gain in gains.items()]
