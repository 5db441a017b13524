"""A wallet as what it put into each token."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from analysis.services.behavior.trades import Filters, trades_of
from analysis.services.pnl.exact import ZERO, exactly
from analysis.services.wallet_pnl.history import History
from analysis.services.wallet_pnl.worth import WorthBook


@dataclass(frozen=True)
class WalletVector:
    """SOL put into each token that was traded (zero for one that was only sold)."""

    address: str
    capital: Mapping[str, Decimal]

    @property
    def tokens(self) -> frozenset[str]:
        """The tokens that were traded."""
        return frozenset(self.capital)


def vector_of(address: str, history: History, filters: Filters, sol_usd: Decimal | None) -> WalletVector:
    """The vector of a wallet's history after the filters."""
    book = WorthBook(history.moments, history.decimals, sol_usd)
    capital: dict[str, Decimal] = defaultdict(lambda: ZERO)
    with exactly():
        for trade in trades_of(history, book):
            if trade.mint not in filters.exclude_mints and filters.covers(trade.time):
                capital[trade.mint] += trade.value if trade.bought else ZERO
    return WalletVector(address, dict(capital))
