"""Celery finds the tasks here."""

from enrichment.tasks.wallets import fetch_balance, sync_wallet

__all__ = ["fetch_balance", "sync_wallet"]
