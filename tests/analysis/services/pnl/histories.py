"""Short ways to write a trade history in a test."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from analysis.services.pnl.entries import Entry, Kind, value_at

START = datetime(2024, 1, 1, tzinfo=UTC)


def on_day(number: int) -> datetime:
    """Midnight UTC; day 0 is the first of January 2024."""
    return START + timedelta(days=number)


def entry(
    day: int,
    kind: str,
    quantity: str,
    price: str = "0",
    *,
    fee: str = "0",
    fee_asset: str | None = None,
    asset: str = "BTC",
) -> Entry:
    """An entry at a unit price."""
    amount = Decimal(quantity)
    value = value_at(amount, Decimal(price))
    return Entry(on_day(day), Kind(kind), asset, amount, value, Decimal(fee), fee_asset, f"day {day}")


def values(*found: object) -> tuple[object, ...]:
    """Values side by side, so that decimals may be compared with plain numbers."""
    return found
