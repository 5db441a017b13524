"""Jobs that bring orders, balances and prices in from exchanges.

`exchange` is in every payload: the queues keep the rate of each exchange by it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

from celery import shared_task
from django.db import transaction
from pydantic import Field, StringConstraints

from enrichment.models import ExchangeAccount
from enrichment.providers.exchanges.addresses import exchanges
from enrichment.providers.exchanges.client import ExchangeClient, open_client
from enrichment.providers.exchanges.errors import KeysRefused
from enrichment.services.exchanges import bulk
from enrichment.services.exchanges.accounts import keys_of, note_check
from enrichment.services.exchanges.balances import ExchangeBalanceResult, refresh_balances
from enrichment.services.exchanges.bulk import BulkResult
from enrichment.services.exchanges.orders import OrderSyncResult, sync
from enrichment.services.exchanges.tickers import TickerResult, update_tickers
from jobs import Permanent, Snooze, Unique, lock, progress

Name = Annotated[str, StringConstraints(min_length=1, max_length=40)]
Symbol = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{1,20}/[A-Z0-9]{1,20}$")]
Symbols = Annotated[list[Symbol], Field(min_length=1, max_length=500)]
_LOOK_EVERY = 1.0  # seconds between two looks of a bulk sync at its parts


@shared_task(time_limit=300, stale_after=600, unique=Unique("account"), subject="account")
def sync_orders(
    *,
    account: Name,
    exchange: Name,
    premium: bool = False,
    symbols: Symbols | None = None,
    full: bool = False,
) -> OrderSyncResult:
    """Fetch an account's orders: those that are new, what became of those that were open, and their fills.

    A sync that was cut off is gone on with. `symbols` names the markets; without it they are those that the
    account can have traded in. `full` reads everything again. `premium` decides the priority.
    """
    with lock(f"exchange-account:{account}:orders"):
        progress(0, "Asking for the markets")
        with _account(account, exchange) as (row, client):
            result = sync(row, client, symbols, _tell, full=full)
        progress(
            1,
            f"{result.new:,} new orders, {result.changed:,} changed, {result.open:,} open, {result.fills:,} fills",
        )
    return result


@shared_task(bind=True, time_limit=300, stale_after=600, unique=Unique("accounts"))
def bulk_sync_orders(
    self: Any, *, accounts: Annotated[list[Name], Field(min_length=1, max_length=10_000)] | None = None
) -> BulkResult:
    """Sync the orders of many accounts (None: of all), each in a job of its own, and count how they ended.

    One that fails does not keep the others from being synced: the result names it. Until they have ended
    this job waits without holding a worker.
    """
    uid = self.request.id
    if not bulk.has_parts(uid):
        _start_parts(uid, bulk.accounts_to_sync(accounts))
    done = bulk.look(uid)
    share = done.ended / done.accounts if done.accounts else 1
    progress(share, f"{done.ended:,} of {done.accounts:,} accounts, {done.failed:,} failed")
    if done.ended < done.accounts:
        raise Snooze(_LOOK_EVERY, f"{done.accounts - done.ended:,} accounts are being synced")
    bulk.forget_parts(uid)
    return done


@shared_task(time_limit=120, stale_after=240, unique=Unique("account"), subject="account")
def sync_exchange_balances(*, account: Name, exchange: Name) -> ExchangeBalanceResult:
    """Fetch what an account holds now."""
    with lock(f"exchange-account:{account}:balances"):
        progress(0, "Asking for the balances")
        with _account(account, exchange) as (row, client):
            result = refresh_balances(row, client)
        progress(1, f"{result.assets:,} assets")
    return result


@shared_task(time_limit=60, stale_after=120, unique=Unique("exchange", "symbols"))
def update_ticker_prices(
    *, exchange: Name | None = None, symbols: Symbols | None = None
) -> TickerResult | None:
    """Fetch the prices of an exchange's markets; without an exchange one job for each is started."""
    if exchange is None:
        for name in exchanges():
            update_ticker_prices.delay(exchange=name, symbols=symbols)
        return None
    progress(0, "Asking for the prices")
    result = update_tickers(exchange, open_client(exchange), symbols)
    progress(1, f"{result.tickers:,} prices")
    return result


def _start_parts(uid: str, accounts: list[ExchangeAccount]) -> None:
    """One job for each account, all or none; one that is under way already is the account's part."""
    with transaction.atomic():
        parts = {
            row.uid: sync_orders.using(correlation_id=uid)
            .enqueue(account=row.uid, exchange=row.exchange, premium=row.premium)
            .id
            for row in accounts
        }
        bulk.store_parts(uid, parts)


@contextmanager
def _account(uid: str, exchange: str) -> Iterator[tuple[ExchangeAccount, ExchangeClient]]:
    """The account and a client with its keys; whether the exchange accepts them is noted.

    Permanent when the account is gone, or on another exchange.
    """
    row = ExchangeAccount.objects.filter(uid=uid).first()
    if row is None:
        raise Permanent(f"There is no exchange account {uid}; it was removed.")
    if row.exchange != exchange:
        raise Permanent(f"The account {uid} is on {row.exchange}, not on {exchange}.")
    try:
        yield row, open_client(row.exchange, keys_of(row))
    except KeysRefused as refusal:
        note_check(row, str(refusal))
        raise
    note_check(row, "")


def _tell(share: float, symbol: str, read: int, new: int) -> None:
    progress(0.97 * share, f"{symbol}: {read:,} orders read, {new:,} new", read=read, new=new)
