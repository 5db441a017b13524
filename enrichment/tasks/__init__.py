"""Celery finds the tasks here."""

from enrichment.tasks.exchanges import (
    bulk_sync_orders,
    sync_exchange_balances,
    sync_orders,
    update_ticker_prices,
)
from enrichment.tasks.wallets import fetch_balance, sync_wallet

__all__ = [
    "bulk_sync_orders",
    "fetch_balance",
    "sync_exchange_balances",
    "sync_orders",
    "sync_wallet",
    "update_ticker_prices",
]
