"""Writes orders, their fills, and how far they are known: a page and its position in one database transaction.

Orders are unique by account, market and the exchange's id. An order that is told again overwrites what is
stored unless that is newer, so two syncs at once, or a page that comes twice, do no harm. A fill never changes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from enrichment.models import ExchangeAccount, Fill, Order, OrderCursor
from enrichment.models.exchange import OPEN
from enrichment.providers.exchanges.records import FillRecord, OrderRecord, Page

_UPSERT = """
INSERT INTO enrichment_order AS stored (
    account_id, symbol, order_id, client_id, side, type, time_in_force, status,
    price, average, amount, filled, cost, placed_at, updated_at
)
SELECT %s, * FROM unnest(
    %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[],
    %s::numeric[], %s::numeric[], %s::numeric[], %s::numeric[], %s::numeric[], %s::timestamptz[], %s::timestamptz[]
)
ON CONFLICT (account_id, symbol, order_id) DO UPDATE SET
    status = EXCLUDED.status, average = EXCLUDED.average, filled = EXCLUDED.filled, cost = EXCLUDED.cost,
    updated_at = EXCLUDED.updated_at
WHERE stored.updated_at <= EXCLUDED.updated_at
    AND (stored.status, stored.filled) IS DISTINCT FROM (EXCLUDED.status, EXCLUDED.filled)
RETURNING (xmax = 0)
"""
_COLUMNS = (
    "symbol", "order_id", "client_id", "side", "type", "time_in_force", "status",
    "price", "average", "amount", "filled", "cost", "placed_at", "updated_at",
)  # fmt: skip

# Markets with orders that filled further than their stored fills tell.
_OWED = """
SELECT DISTINCT placed.symbol FROM enrichment_order placed
WHERE placed.account_id = %s AND placed.filled > 0 AND placed.filled > coalesce((
    SELECT sum(told.amount) FROM enrichment_fill told
    WHERE told.account_id = placed.account_id AND told.symbol = placed.symbol AND told.order_id = placed.order_id
), 0)
ORDER BY placed.symbol
"""


@dataclass(frozen=True)
class Stored:
    """How many orders are new, and how many of the known ones changed."""

    new: int
    changed: int


def position_of(account: ExchangeAccount, symbol: str) -> dict[str, Any] | None:
    """Where to go on in a market; None where nothing is known yet."""
    return (
        OrderCursor.objects.filter(account=account, symbol=symbol).values_list("position", flat=True).first()
    )


def fills_position_of(account: ExchangeAccount, symbol: str) -> dict[str, Any] | None:
    """Where to go on with a market's fills; None where none is known yet."""
    return OrderCursor.objects.filter(account=account, symbol=symbol).values_list("fills", flat=True).first()


def markets_owing_fills(account: ExchangeAccount) -> list[str]:
    """The markets where an order filled, and a fill of it is not stored."""
    with connection.cursor() as cursor:
        cursor.execute(_OWED, [account.pk])
        return [symbol for (symbol,) in cursor.fetchall()]


def forget_positions(account: ExchangeAccount, symbols: Sequence[str]) -> None:
    """Begin anew in these markets; the stored orders stay."""
    OrderCursor.objects.filter(account=account, symbol__in=symbols).delete()


def store_page(account: ExchangeAccount, symbol: str, page: Page[OrderRecord]) -> Stored:
    """Add a page and move on."""
    with transaction.atomic():
        stored = store_orders(account, page.rows)
        OrderCursor.objects.update_or_create(
            account=account, symbol=symbol, defaults={"position": page.position}
        )
    return stored


def store_fills(account: ExchangeAccount, symbol: str, page: Page[FillRecord]) -> None:
    """Add a page of fills and move on; those that are known already stay as they are."""
    rows = [Fill(account=account, **vars(one)) for one in page.rows]
    with transaction.atomic():
        Fill.objects.bulk_create(rows, ignore_conflicts=True)
        OrderCursor.objects.filter(account=account, symbol=symbol).update(fills=page.position)


def store_orders(account: ExchangeAccount, orders: Sequence[OrderRecord]) -> Stored:
    """Add orders, or bring those that are known up to date."""
    once = {(one.symbol, one.order_id): one for one in orders}  # no row may be met twice by one statement
    columns = [[getattr(one, name) for one in once.values()] for name in _COLUMNS]
    with connection.cursor() as cursor:
        cursor.execute(_UPSERT, [account.pk, *columns])
        inserted = [new for (new,) in cursor.fetchall()]
    return Stored(sum(inserted), len(inserted) - sum(inserted))


def store_gone(account: ExchangeAccount, names: Sequence[tuple[str, str]]) -> int:
    """Orders (market, id) that the exchange does not know any more have expired; how many were open until now.

    When they last changed stays as it was: should the exchange tell of one after all, that counts.
    """
    gone = 0
    for symbol, order_id in names:
        rows = Order.objects.filter(account=account, symbol=symbol, order_id=order_id, status=OPEN)
        gone += rows.update(status="expired")
    return gone
