"""Tokens, and what wallets hold of them."""

from django.db import models

from enrichment.models.wallet import Wallet


class Token(models.Model):
    """A token by its mint; `symbol` and `name` are empty until a market told them."""

    mint = models.CharField(max_length=44, unique=True)
    decimals = models.SmallIntegerField()
    symbol = models.CharField(max_length=64, default="")
    name = models.CharField(max_length=255, default="")
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.symbol or self.mint


class TokenBalance(models.Model):
    """What all of a wallet's accounts for one mint hold together, in base units."""

    wallet = models.ForeignKey(Wallet, models.CASCADE, related_name="balances")
    mint = models.CharField(max_length=44)
    amount = models.DecimalField(max_digits=30, decimal_places=0)
    decimals = models.SmallIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["wallet", "mint"], name="token_balance_once"),)

    def __str__(self) -> str:
        return f"{self.amount} of {self.mint}"
