"""Celery finds the tasks here."""

from enrichment.tasks.coins import cleanup_old_price_data, update_coin_price, update_coin_prices, warm_cache
from enrichment.tasks.exchanges import (
    bulk_sync_orders,
    sync_exchange_balances,
    sync_orders,
    update_ticker_prices,
)
from enrichment.tasks.news import index_market_news
from enrichment.tasks.social import cleanup_old_social_metrics, scrape_social_data, scrape_watched_coins
from enrichment.tasks.token_markets import enrich_token_balances
from enrichment.tasks.wallets import fetch_balance, sync_wallet

__all__ = [
    "bulk_sync_orders",
    "cleanup_old_price_data",
    "cleanup_old_social_metrics",
    "enrich_token_balances",
    "fetch_balance",
    "index_market_news",
    "scrape_social_data",
    "scrape_watched_coins",
    "sync_exchange_balances",
    "sync_orders",
    "sync_wallet",
    "update_coin_price",
    "update_coin_prices",
    "update_ticker_prices",
    "warm_cache",
]
