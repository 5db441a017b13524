"""Accounts on exchanges: their orders, balances, prices."""
