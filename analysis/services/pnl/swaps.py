"""A wallet's swaps as entries: each is a sale of one token and a purchase of another."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from analysis.services.pnl.entries import Entry, Kind
from analysis.services.pnl.exact import ZERO


@dataclass(frozen=True, slots=True)
class Swap:
    """One token given for another; `value` is the worth of either side in the quote currency.

    The quantities are those that left and reached the wallet, without the network fee.
    """

    time: datetime
    sold_asset: str
    sold_quantity: Decimal
    bought_asset: str
    bought_quantity: Decimal
    value: Decimal
    fee: Decimal = ZERO
    fee_asset: str | None = None
    reference: str = ""


def entries_of_swap(swap: Swap, quote: str) -> list[Entry]:
    """The sale and then the purchase; the side that is the quote currency is money, hence no entry.

    The fee goes with the purchase, as a cost of acquiring, or with the sale when money was bought. A fee in
    the quote currency is money too. Raises EntryError.
    """
    fee_asset = None if swap.fee_asset == quote else swap.fee_asset
    buys_money = swap.bought_asset == quote
    entries = []
    if swap.sold_asset != quote:
        fee = (swap.fee, fee_asset) if buys_money else (ZERO, None)
        entries.append(
            Entry(swap.time, Kind.SELL, swap.sold_asset, swap.sold_quantity, swap.value, *fee, swap.reference)
        )
    if not buys_money:
        bought = (swap.bought_asset, swap.bought_quantity, swap.value, swap.fee, fee_asset)
        entries.append(Entry(swap.time, Kind.BUY, *bought, swap.reference))
    return entries
