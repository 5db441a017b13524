"""What an exchange tells, as values. Symbols are `BASE/QUOTE`, amounts exact, times in UTC."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar

Record = TypeVar("Record")


@dataclass(frozen=True)
class ApiKeys:
    """What an account is opened with; some exchanges want a passphrase, too."""

    key: str = field(repr=False)
    secret: str = field(repr=False)
    passphrase: str = field(default="", repr=False)


@dataclass(frozen=True)
class OrderRecord:
    """An order. `status` is open, closed, canceled, expired or rejected."""

    symbol: str
    order_id: str
    client_id: str
    side: str
    type: str
    time_in_force: str
    status: str
    price: Decimal | None
    average: Decimal | None
    amount: Decimal
    filled: Decimal
    cost: Decimal
    placed_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class FillRecord:
    """A trade that filled an order, or a part of it. `side` is the account's; `cost` is in the quote asset."""

    symbol: str
    trade_id: str
    order_id: str
    side: str
    is_maker: bool
    price: Decimal
    amount: Decimal
    cost: Decimal
    fee: Decimal
    fee_asset: str
    filled_at: datetime


@dataclass(frozen=True)
class Page(Generic[Record]):
    """Orders or fills of one market, oldest first, and where to go on; `last`: nothing comes after them now."""

    rows: tuple[Record, ...]
    position: dict[str, Any]
    last: bool


@dataclass(frozen=True)
class BalanceRecord:
    """What an account has of one asset."""

    asset: str
    free: Decimal
    locked: Decimal


@dataclass(frozen=True)
class TickerRecord:
    """A market's price and its last 24 hours; `change` is in percent."""

    symbol: str
    last: Decimal
    bid: Decimal | None
    ask: Decimal | None
    high: Decimal | None
    low: Decimal | None
    volume: Decimal | None
    quote_volume: Decimal | None
    change: Decimal | None
