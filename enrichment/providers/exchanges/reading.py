"""From ccxt's unified structures to records. https://docs.ccxt.com/#/?id=order-structure"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from enrichment.providers.exchanges.records import (
    BalanceRecord,
    FillRecord,
    OrderRecord,
    Page,
    Record,
    TickerRecord,
)

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


def fill(row: Mapping[str, Any]) -> FillRecord:
    """A trade of the account's. https://docs.ccxt.com/#/?id=trade-structure

    One that names several fees (a part in the exchange's own coin, say) is told by the first of them.
    """
    price, amount = _amount(row.get("price")) or Decimal(0), _amount(row.get("amount")) or Decimal(0)
    cost = _amount(row.get("cost"))
    fee: Mapping[str, Any] = row.get("fee") or next(iter(row.get("fees") or ()), {})
    return FillRecord(
        symbol=str(row["symbol"]),
        trade_id=str(row["id"]),
        order_id=str(row.get("order") or ""),
        side=str(row["side"]),
        is_maker=row.get("takerOrMaker") == "maker",
        price=price,
        amount=amount,
        cost=price * amount if cost is None else cost,
        fee=_amount(fee.get("cost")) or Decimal(0),
        fee_asset=str(fee.get("currency") or ""),
        filled_at=_moment(row.get("timestamp")) or datetime.fromtimestamp(0, UTC),
    )


def page_by_id(
    rows: Sequence[Mapping[str, Any]], number: int, size: int, read: Callable[[Mapping[str, Any]], Record]
) -> Page[Record]:
    """A page of an exchange that was asked for what has this id or a later one."""
    sorted_rows = sorted(rows, key=lambda row: int(row["id"]))
    following = int(sorted_rows[-1]["id"]) + 1 if sorted_rows else number
    return Page(tuple(map(read, sorted_rows)), {"from_id": following}, last=len(rows) < size)


def page_by_time(
    rows: Sequence[Mapping[str, Any]],
    since: int | None,
    size: int,
    read: Callable[[Mapping[str, Any]], Record],
) -> Page[Record]:
    """A page of an exchange that was asked for what is of this time or later.

    The next page begins with the newest moment of this one, so what is of one millisecond is not lost; when a
    whole page is of one moment, the one after it.
    """
    sorted_rows = sorted(rows, key=lambda row: int(row.get("timestamp") or 0))
    newest = max((int(row["timestamp"]) for row in rows if row.get("timestamp")), default=since or 0)
    following = newest + 1 if newest == since and len(rows) >= size else newest
    return Page(tuple(map(read, sorted_rows)), {"since": following}, last=len(rows) < size)


def balances(answer: Mapping[str, Any]) -> list[BalanceRecord]:
    """Balances by asset, those of nothing left out."""
    free, used = answer.get("free") or {}, answer.get("used") or {}
    records = [
        BalanceRecord(asset, _amount(free.get(asset)) or Decimal(0), _amount(used.get(asset)) or Decimal(0))
        for asset in sorted({*free, *used})
    ]
    return [record for record in records if record.free or record.locked]


def tickers(answer: Mapping[str, Any]) -> list[TickerRecord]:
    """Those that have a price."""
    return [record for record in map(ticker, answer.values()) if record is not None]


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
