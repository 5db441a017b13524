"""From ccxt's unified structures to records. https://docs.ccxt.com/#/?id=order-structure"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from enrichment.providers.exchanges.records import BalanceRecord, OrderPage, OrderRecord, TickerRecord

_STATUSES = {"open", "closed", "canceled", "expired", "rejected"}
_OTHER = {"canceling": "open", "cancelled": "canceled"}


def order(row: Mapping[str, Any]) -> OrderRecord:
    """An order; a status that ccxt does not unify counts as open until the exchange says more."""
    placed = _moment(row.get("timestamp")) or datetime.fromtimestamp(0, UTC)
    told = str(row.get("status") or "open")
    return OrderRecord(
        symbol=str(row["symbol"]),
        order_id=str(row["id"]),
        client_id=str(row.get("clientOrderId") or "")[:64],
        side=str(row["side"]),
        type=str(row.get("type") or "")[:32],
        time_in_force=str(row.get("timeInForce") or "")[:8],
        status=told if told in _STATUSES else _OTHER.get(told, "open"),
        price=None if row.get("type") == "market" else _amount(row.get("price")) or None,
        average=_amount(row.get("average")) or None,
        amount=_amount(row.get("amount")) or Decimal(0),
        filled=_amount(row.get("filled")) or Decimal(0),
        cost=_amount(row.get("cost")) or Decimal(0),
        placed_at=placed,
        updated_at=_moment(row.get("lastUpdateTimestamp") or row.get("lastTradeTimestamp")) or placed,
    )


def page_by_id(rows: Sequence[Mapping[str, Any]], number: int, size: int) -> OrderPage:
    """A page of an exchange that was asked for the orders from an id on."""
    orders = tuple(sorted(map(order, rows), key=lambda one: int(one.order_id)))
    following = max((int(one.order_id) + 1 for one in orders), default=number)
    return OrderPage(orders, {"from_id": following}, last=len(rows) < size)


def page_by_time(rows: Sequence[Mapping[str, Any]], since: int | None, size: int) -> OrderPage:
    """A page of an exchange that was asked for the orders from a time on.

    The next page begins with the newest moment of this one, so orders of one millisecond are not lost; when a
    whole page is of one moment, the one after it.
    """
    orders = tuple(sorted(map(order, rows), key=lambda one: one.placed_at))
    newest = max((int(row["timestamp"]) for row in rows if row.get("timestamp")), default=since or 0)
    following = newest + 1 if newest == since and len(rows) >= size else newest
    return OrderPage(orders, {"since": following}, last=len(rows) < size)


def balances(answer: Mapping[str, Any]) -> list[BalanceRecord]:
    """Balances by asset, those of nothing left out."""
    free, used = answer.get("free") or {}, answer.get("used") or {}
    records = [
        BalanceRecord(asset, _amount(free.get(asset)) or Decimal(0), _amount(used.get(asset)) or Decimal(0))
        for asset in sorted({*free, *used})
    ]
    return [record for record in records if record.free or record.locked]


def ticker(row: Mapping[str, Any]) -> TickerRecord | None:
    """A ticker; None for a market without a price."""
    last = _amount(row.get("last"))
    if not last:
        return None
    return TickerRecord(
        symbol=str(row["symbol"]),
        last=last,
        bid=_amount(row.get("bid")),
        ask=_amount(row.get("ask")),
        high=_amount(row.get("high")),
        low=_amount(row.get("low")),
        volume=_amount(row.get("baseVolume")),
        quote_volume=_amount(row.get("quoteVolume")),
        change=_amount(row.get("percentage")),
    )


def _amount(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _moment(milliseconds: Any) -> datetime | None:
    return datetime.fromtimestamp(int(milliseconds) / 1000, UTC) if milliseconds else None
