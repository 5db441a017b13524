"""Celery finds the tasks here."""

from enrichment.tasks.token_markets import enrich_token_balances
from enrichment.tasks.wallets import fetch_balance, sync_wallet

__all__ = ["enrich_token_balances", "fetch_balance", "sync_wallet"]
