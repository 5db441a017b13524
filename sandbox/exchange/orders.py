"""Orders and trades as values. Times are milliseconds since 1970, amounts exact decimals."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

Side = Literal["BUY", "SELL"]
Status = Literal["NEW", "PARTIALLY_FILLED", "FILLED", "CANCELED", "REJECTED", "EXPIRED"]
OPEN = ("NEW", "PARTIALLY_FILLED")
ZERO = Decimal(0)


@dataclass
class Order:
    """An order; `locked` is what it still keeps of the account's balance (quote to buy, base to sell)."""

    id: int
    account: str
    symbol: str
    side: Side
    type: str
    time_in_force: str
    price: Decimal  # zero for a market order
    quantity: Decimal
    client_id: str
    placed_at: int
    updated_at: int
    status: Status = "NEW"
    filled: Decimal = ZERO
    cost: Decimal = ZERO
    locked: Decimal = ZERO
    quote_quantity: Decimal = ZERO  # what a market order by quote amount may spend
    trades: list["Trade"] = field(default_factory=list)  # of the request that is being answered

    @property
    def left(self) -> Decimal:
        """What is not filled yet."""
        return self.quantity - self.filled

    @property
    def is_open(self) -> bool:
        """Whether it may still be filled."""
        return self.status in OPEN


@dataclass(frozen=True)
class Trade:
    """One account's side of a fill."""

    id: int
    order: int
    account: str
    symbol: str
    is_buyer: bool
    is_maker: bool
    price: Decimal
    quantity: Decimal
    cost: Decimal
    fee: Decimal
    fee_asset: str
    time: int
