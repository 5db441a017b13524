"""One line of a trade history: the input of the profit and loss engine."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from analysis.services.pnl.exact import ZERO, exactly


class Kind(StrEnum):
    """What an entry does to the holdings."""

    BUY = "buy"
    SELL = "sell"
    INCOME = "income"
    TRANSFER = "transfer"


class EntryError(ValueError):
    """The entry contradicts itself."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Entry:
    """A purchase, sale, income or transfer between own wallets.

    `quantity` is what was traded or moved, in units of `asset`, before a fee that is paid in the asset.
    `value` is what the quantity was worth in the quote currency, before fees (zero for a transfer).
    `fee` is in units of `fee_asset`, or in the quote currency when `fee_asset` is None.
    `reference` says where the entry comes from: a line of a file, a transaction's signature.
    Raises EntryError.
    """

    time: datetime
    kind: Kind
    asset: str
    quantity: Decimal
    value: Decimal = ZERO
    fee: Decimal = ZERO
    fee_asset: str | None = None
    reference: str = ""

    def __post_init__(self) -> None:
        if self.time.utcoffset() is None:
            raise EntryError("time", "has no time zone")
        if not self.asset:
            raise EntryError("asset", "is empty")
        if not self.quantity.is_finite() or self.quantity <= 0:
            raise EntryError("quantity", f"must be above zero, is {self.quantity}")
        for field, amount in (("value", self.value), ("fee", self.fee)):
            if not amount.is_finite() or amount < 0:
                raise EntryError(field, f"must not be negative, is {amount}")
        if self.acquires and self.fee_in_kind and self.fee >= self.quantity:
            raise EntryError("fee", f"{self.fee} {self.asset} leaves nothing of {self.quantity} {self.asset}")

    @property
    def acquires(self) -> bool:
        """Whether the entry adds to the holdings."""
        return self.kind in {Kind.BUY, Kind.INCOME}

    @property
    def fee_in_kind(self) -> bool:
        """Whether the fee is paid in the very asset that is traded."""
        return self.fee_asset == self.asset


def value_at(quantity: Decimal, unit_price: Decimal) -> Decimal:
    """Quantity times unit price, with every digit."""
    with exactly():
        return quantity * unit_price
