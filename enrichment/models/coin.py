"""Coins that are followed, and what they cost over time."""

from django.db import models


class Coin(models.Model):
    """A token whose market is watched. `slug` is what people, jobs and addresses call it."""

    slug = models.CharField(max_length=64, unique=True)
    mint = models.CharField(max_length=44, unique=True)
    symbol = models.CharField(max_length=64, default="")
    name = models.CharField(max_length=255, default="")
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.symbol or self.slug


class PricePoint(models.Model):
    """What a coin cost in a minute, in dollars; at most one row a minute, whoever asked how often.

    `volume_24h`, `liquidity` and `market_cap` are dollars too; null where the source does not tell.
    """

    coin = models.ForeignKey(Coin, models.CASCADE, related_name="prices")
    time = models.DateTimeField()
    usd = models.DecimalField(max_digits=38, decimal_places=18)
    volume_24h = models.DecimalField(max_digits=30, decimal_places=2, null=True)
    liquidity = models.DecimalField(max_digits=30, decimal_places=2, null=True)
    market_cap = models.DecimalField(max_digits=30, decimal_places=2, null=True)
    source = models.CharField(max_length=20)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["coin", "time"], name="price_point_once"),
            models.CheckConstraint(condition=models.Q(usd__gt=0), name="price_point_of_something"),
        )
        indexes = (models.Index(fields=["time"], name="price_point_age"),)

    def __str__(self) -> str:
        return f"{self.coin} at {self.usd} USD"
