"""What markets last said of a token."""

from django.db import models

from enrichment.models.token import Token


class TokenMarket(models.Model):
    """One row per token, replaced as a whole; money in dollars, change in per cent, NULL for what is unknown.

    `source` is who told the price; empty: nobody knows one.
    """

    token = models.OneToOneField(Token, models.CASCADE, related_name="market")
    price = models.DecimalField(max_digits=40, decimal_places=18, null=True)
    liquidity = models.DecimalField(max_digits=30, decimal_places=2, null=True)
    volume_24h = models.DecimalField(max_digits=30, decimal_places=2, null=True)
    change_24h = models.DecimalField(max_digits=20, decimal_places=2, null=True)
    market_cap = models.DecimalField(max_digits=40, decimal_places=2, null=True)
    image = models.CharField(max_length=500, default="")
    page = models.CharField(max_length=500, default="")
    source = models.CharField(max_length=20, default="")
    fetched_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.token}: {self.price}"
