"""Brings in: wallets, coins, orders, news from providers."""
