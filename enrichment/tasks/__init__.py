"""Celery finds the tasks here."""

from enrichment.tasks.coins import cleanup_old_price_data, update_coin_price, update_coin_prices, warm_cache
from enrichment.tasks.wallets import fetch_balance, sync_wallet

__all__ = [
    "cleanup_old_price_data",
    "fetch_balance",
    "sync_wallet",
    "update_coin_price",
    "update_coin_prices",
    "warm_cache",
]
