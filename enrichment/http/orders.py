"""/orders: read what was synced, start a sync of many accounts."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Query, Router
from ninja.responses import Status

from enrichment import flows
from enrichment.http.exchange_answers import (
    BulkIn,
    FillFilterIn,
    FillList,
    FillOut,
    JobRef,
    OrderFilterIn,
    OrderList,
    OrderOut,
)
from enrichment.http.exchanges import job_ref
from enrichment.models import Fill, Order
from enrichment.queries.exchanges import (
    FillFilter,
    OrderFilter,
    account_of,
    accounts_of,
    fills_of,
    order_of,
    orders_of,
)
from enrichment.tasks.exchanges import bulk_sync_orders
from jobs.errors import OptionRefused
from jobs.http.answers import PROBLEMS
from jobs.http.auth import must_start, user_of
from jobs.http.schemas import RowId

router = Router(by_alias=True, tags=["orders"])
_FIELDS = (
    "id", "symbol", "order_id", "side", "type", "time_in_force", "status", "price", "average", "amount", "filled",
    "cost", "placed_at", "updated_at",
)  # fmt: skip
_FILL_FIELDS = (
    "id", "symbol", "trade_id", "order_id", "side", "price", "amount", "cost", "fee", "fee_asset", "filled_at",
)  # fmt: skip


@router.get("", response={200: OrderList, **PROBLEMS})
def list_orders(request: HttpRequest, wanted: Query[OrderFilterIn]) -> OrderList:
    """The orders of one's own accounts, newest first, a page at a time."""
    chosen = OrderFilter(
        account=wanted.account or "",
        symbol=wanted.symbol or "",
        status=wanted.status or "",
        side=wanted.side or "",
        after=wanted.after,
        before=wanted.before,
    )
    page = orders_of(user_of(request), chosen, wanted.cursor, wanted.limit)
    return OrderList(items=[_out(row) for row in page.orders], next=page.next)


@router.get("/fills", response={200: FillList, **PROBLEMS})
def list_fills(request: HttpRequest, wanted: Query[FillFilterIn]) -> FillList:
    """The trades that filled the orders of one's own accounts, with their fees, newest first."""
    chosen = FillFilter(wanted.account or "", wanted.symbol or "", wanted.order or "")
    page = fills_of(user_of(request), chosen, wanted.cursor, wanted.limit)
    return FillList(items=[_fill_out(row) for row in page.fills], next=page.next)


@router.post("/sync", response={202: JobRef, **PROBLEMS})
def sync(request: HttpRequest, body: BulkIn | None = None) -> Status[JobRef]:
    """Sync the orders of several of one's own accounts, or of all; the job counts those that fail."""
    user = must_start(request, bulk_sync_orders)
    named = body.accounts if body else None
    rows = accounts_of(user) if named is None else [account_of(user, uid) for uid in named]
    if not rows:
        raise OptionRefused("accounts", "you have no exchange account yet")
    return Status(202, job_ref(flows.sync_accounts(rows)))


@router.get("/{order}", response={200: OrderOut, **PROBLEMS})
def read(
    request: HttpRequest, order: Annotated[RowId, Path(description="The `id` of the list.")]
) -> OrderOut:
    """One order."""
    return _out(order_of(user_of(request), order))


def _out(row: Order) -> OrderOut:
    own = {name: getattr(row, name) for name in _FIELDS}
    return OrderOut(
        **own, account=row.account.uid, exchange=row.account.exchange, client_order_id=row.client_id
    )


def _fill_out(row: Fill) -> FillOut:
    own = {name: getattr(row, name) for name in _FILL_FIELDS}
    return FillOut(**own, account=row.account.uid, maker=row.is_maker)
