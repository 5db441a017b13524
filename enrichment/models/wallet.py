"""A wallet that somebody asked about."""

from django.db import models


class Wallet(models.Model):
    """An address on Solana; `lamports` is its native balance when it was last fetched."""

    address = models.CharField(max_length=44, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    lamports = models.DecimalField(max_digits=20, decimal_places=0, null=True)
    balances_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.address
