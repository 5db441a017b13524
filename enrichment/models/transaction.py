"""A wallet's transactions as they came, and what they meant for the wallet.

Amounts are whole numbers in base units. Native and wrapped SOL are one asset, under the mint of wrapped SOL.
"""

from django.db import models
from django.db.models import Q

from enrichment.models.wallet import Wallet


class WalletTransaction(models.Model):
    """A transaction that concerns a wallet; stored once, whatever the source and however often it came.

    `place` orders a wallet's transactions: a higher one is younger. `fee` and `rent` are the lamports that
    the wallet paid itself. `raw` is the compressed record that everything else was read from.
    """

    wallet = models.ForeignKey(Wallet, models.CASCADE, related_name="transactions")
    signature = models.CharField(max_length=88)
    slot = models.BigIntegerField()
    place = models.BigIntegerField()
    time = models.DateTimeField()
    fee = models.BigIntegerField()
    rent = models.BigIntegerField()
    failed = models.BooleanField()
    raw = models.BinaryField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["wallet", "signature"], name="wallet_transaction_once"),
        )
        indexes = (models.Index(fields=["wallet", "place"], name="wallet_transaction_order"),)

    def __str__(self) -> str:
        return self.signature


class Trade(models.Model):
    """One asset given for another; a transaction may hold several, in this order."""

    transaction = models.ForeignKey(WalletTransaction, models.CASCADE, related_name="trades")
    position = models.SmallIntegerField()
    sold_mint = models.CharField(max_length=44)
    sold_amount = models.DecimalField(max_digits=30, decimal_places=0)
    bought_mint = models.CharField(max_length=44)
    bought_amount = models.DecimalField(max_digits=30, decimal_places=0)
    counterparty = models.CharField(max_length=44, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["transaction", "position"], name="trade_once"),
            models.CheckConstraint(
                condition=Q(sold_amount__gt=0) & Q(bought_amount__gt=0), name="trade_of_something"
            ),
        )

    def __str__(self) -> str:
        return f"{self.sold_amount} of {self.sold_mint} for {self.bought_amount} of {self.bought_mint}"


class TokenTransfer(models.Model):
    """An asset that came or went without anything in return; income is what came unasked."""

    transaction = models.ForeignKey(WalletTransaction, models.CASCADE, related_name="transfers")
    position = models.SmallIntegerField()
    kind = models.CharField(max_length=8, choices=[("transfer", "transfer"), ("income", "income")])
    incoming = models.BooleanField()
    mint = models.CharField(max_length=44)
    amount = models.DecimalField(max_digits=30, decimal_places=0)
    counterparty = models.CharField(max_length=44, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["transaction", "position"], name="token_transfer_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="token_transfer_of_something"),
        )

    def __str__(self) -> str:
        return f"{self.amount} of {self.mint} {'in' if self.incoming else 'out'}"
