"""Jobs that are started together."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from enrichment.models import ExchangeAccount
from enrichment.tasks.exchanges import (
    bulk_sync_orders,
    sync_exchange_balances,
    sync_orders,
    update_ticker_prices,
)
from jobs.ids import new_id

# What a sync of an account starts: whoever asks for it may start all of these.
ACCOUNT: tuple[Any, ...] = (sync_orders, sync_exchange_balances, update_ticker_prices)


def sync_account(account: ExchangeAccount, *, full: bool = False, **options: Any) -> dict[str, str]:
    """Enqueue what is known of one account afresh: orders, balances, prices. Job ids by what they bring."""
    shared = {"correlation_id": new_id(), **options}
    name = account.exchange
    with transaction.atomic():
        orders = sync_orders.using(**shared).enqueue(
            account=account.uid, exchange=name, premium=account.premium, full=full
        )
        balances = sync_exchange_balances.using(**shared).enqueue(account=account.uid, exchange=name)
        prices = update_ticker_prices.using(**shared).enqueue(exchange=name)
    return {"orders": orders.id, "balances": balances.id, "prices": prices.id}


def sync_accounts(accounts: Sequence[ExchangeAccount], **options: Any) -> str:
    """Enqueue a sync of the orders of many accounts; the id of the job that watches over it."""
    started: str = bulk_sync_orders.using(**options).enqueue(accounts=sorted(row.uid for row in accounts)).id
    return started


def sync_prices(exchange: str, **options: Any) -> str:
    """Enqueue a fetch of the prices of an exchange; the job's id."""
    started: str = update_ticker_prices.using(**options).enqueue(exchange=exchange).id
    return started
