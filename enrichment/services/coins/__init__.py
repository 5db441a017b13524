"""Coins that are followed, and their prices."""
