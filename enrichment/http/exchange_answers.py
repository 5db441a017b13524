"""What `/exchange-accounts`, `/orders` and `/exchange-prices` take and give. Amounts are exact, as text."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from ninja import Field, Schema
from pydantic import ConfigDict, PlainSerializer, StringConstraints
from pydantic.alias_generators import to_camel

from jobs.http.answers import Links
from jobs.http.schemas import Moment, Strict, Text


def plain(amount: Decimal) -> str:
    """A decimal without exponent and without zeros at its end: `0.5`."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


Amount = Annotated[Decimal, PlainSerializer(plain, return_type=str)]
Key = Annotated[str, StringConstraints(min_length=8, max_length=512, pattern=r"^[\x20-\x7e\n]+$")]
Status = Literal["open", "closed", "canceled", "expired", "rejected"]


class Answer(Schema):
    """Base of every answer."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, from_attributes=True)


class NewAccountIn(Strict):
    """An account to add. The keys are checked with the exchange, stored encrypted, and never told again."""

    exchange: Text = Field(description="An exchange of this site, such as binance.")
    label: Annotated[str, StringConstraints(min_length=1, max_length=80)]
    api_key: Key
    api_secret: Key
    passphrase: Annotated[str, StringConstraints(max_length=512)] = ""
    premium: bool = Field(False, description="Its order syncs come before others.")


class AccountOut(Answer):
    """An account; of its key only the end is shown."""

    id: str = Field(validation_alias="uid")
    exchange: str
    label: str
    key: str = Field(validation_alias="hint", description="The end of the API key.")
    premium: bool
    accepted: bool = Field(description="Whether the exchange accepted the keys when it was last asked.")
    reason: str = Field(description="Why it did not.")
    created_at: datetime
    checked_at: datetime | None
    orders_at: datetime | None
    balances_at: datetime | None


class AccountList(Answer):
    """A user's accounts."""

    items: list[AccountOut]


class JobRef(Answer):
    """A job that was started."""

    id: str
    links: Links


class AccountSyncStarted(Answer):
    """The jobs of an account's sync."""

    orders: JobRef
    balances: JobRef
    prices: JobRef


class BulkIn(Strict):
    """Which accounts; without any all of one's own."""

    accounts: Annotated[list[Text], Field(min_length=1, max_length=10_000)] | None = None


class BalanceOut(Answer):
    """What an account has of an asset; `usd` is null where no price is known."""

    asset: str
    free: Amount
    locked: Amount
    total: Amount
    usd: Amount | None


class BalanceList(Answer):
    """Balances as of a time."""

    items: list[BalanceOut]
    fetched_at: datetime | None


class OrderOut(Answer):
    """An order; `price` is null for a market order, `average` while nothing is filled."""

    id: int
    account: str
    exchange: str
    symbol: str
    order_id: str
    client_order_id: str
    side: str
    type: str
    time_in_force: str
    status: str
    price: Amount | None
    average: Amount | None
    amount: Amount
    filled: Amount
    cost: Amount
    placed_at: datetime
    updated_at: datetime


class OrderList(Answer):
    """A page, newest first; `next` is the cursor of the next one, null at the end."""

    items: list[OrderOut]
    next: str | None


class FillOut(Answer):
    """A trade that filled an order, or a part of it; `orderId` is the exchange's id of the order."""

    id: int
    account: str
    symbol: str
    trade_id: str
    order_id: str
    side: str
    maker: bool = Field(description="Whether the order rested in the book, and this trade took it.")
    price: Amount
    amount: Amount
    cost: Amount
    fee: Amount
    fee_asset: str
    filled_at: datetime


class FillList(Answer):
    """A page, newest first; `next` is the cursor of the next one, null at the end."""

    items: list[FillOut]
    next: str | None


class FillFilterIn(Strict):
    """Which fills."""

    account: Text | None = None
    symbol: Text | None = Field(None, description="Such as BTC/USDT.")
    order: Text | None = Field(None, description="The exchange's id of an order: its `orderId`.")
    cursor: Text | None = None
    limit: int = Field(50, ge=1, le=200)


class OrderFilterIn(Strict):
    """Which orders."""

    account: Text | None = None
    symbol: Text | None = Field(None, description="Such as BTC/USDT.")
    status: Status | None = None
    side: Literal["buy", "sell"] | None = None
    after: Moment | None = Field(None, description="Placed at this time or later.")
    before: Moment | None = Field(None, description="Placed before this time.")
    cursor: Text | None = None
    limit: int = Field(50, ge=1, le=200)


class TickerOut(Answer):
    """A market's newest price, and its last 24 hours; `change` is in percent."""

    symbol: str
    last: Amount
    bid: Amount | None
    ask: Amount | None
    high: Amount | None
    low: Amount | None
    volume: Amount | None
    quote_volume: Amount | None
    change: Amount | None
    at: datetime


class TickerList(Answer):
    """The prices of an exchange, the busiest markets first."""

    exchange: str
    items: list[TickerOut]
