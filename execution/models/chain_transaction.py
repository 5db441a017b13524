"""Transactions on a chain: the nonce that each got, and every signed form of it."""

from django.db import models
from django.db.models import Q


class SenderNonce(models.Model):
    """The next nonce of a sender. Its row is the lock under which nonces are given out."""

    chain_id = models.BigIntegerField()
    sender = models.CharField(max_length=42)
    next_nonce = models.BigIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["chain_id", "sender"], name="sender_nonce_once"),)

    def __str__(self) -> str:
        return f"{self.sender} goes on at {self.next_nonce}"


class ChainTransaction(models.Model):
    """One transaction for one subject (`intent:...`, `contract:...`), under one nonce.

    It is written before anything is signed, so that whoever goes on after a crash takes the same nonce: the
    chain then takes at most one of its signed forms. `abandoned` is one that can never be on the chain,
    because another transaction used its nonce. `updated_at` is the last sign of life of whoever works on it.
    """

    class State(models.TextChoices):
        """From a nonce to an end."""

        ALLOCATED = "allocated"
        SENT = "sent"
        CONFIRMED = "confirmed"
        REVERTED = "reverted"
        ABANDONED = "abandoned"

    subject = models.CharField(max_length=100)
    chain_id = models.BigIntegerField()
    sender = models.CharField(max_length=42)
    nonce = models.BigIntegerField()
    to = models.CharField(max_length=42, default="")
    value = models.DecimalField(max_digits=78, decimal_places=0)
    data = models.TextField(default="0x")
    gas = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.ALLOCATED)
    block_number = models.BigIntegerField(null=True)
    tx_hash = models.CharField(max_length=66, default="")
    gas_used = models.BigIntegerField(null=True)
    gas_price = models.DecimalField(max_digits=30, decimal_places=0, null=True)
    contract_address = models.CharField(max_length=42, default="")
    error = models.TextField(default="")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["subject"], condition=~Q(state="abandoned"), name="chain_transaction_once"
            ),
            models.UniqueConstraint(
                fields=["chain_id", "sender", "nonce"],
                condition=Q(state__in=["allocated", "sent"]),
                name="chain_transaction_nonce_once",
            ),
        )
        indexes = (models.Index(fields=["sender", "state"], name="chain_transaction_of_sender"),)

    def __str__(self) -> str:
        return f"{self.subject}: nonce {self.nonce} of {self.sender} ({self.state})"


class SignedTransaction(models.Model):
    """A signed form: the bytes that are sent, and sent again. A later one pays more for the same nonce.

    `offered_at` is set each time before the bytes are given to a node: without it no node has them.
    `fills` marks one that does nothing but spend the nonce.
    """

    transaction = models.ForeignKey(ChainTransaction, models.CASCADE, related_name="signed")
    number = models.PositiveSmallIntegerField()
    tx_hash = models.CharField(max_length=66, unique=True)
    raw = models.TextField()
    max_fee = models.DecimalField(max_digits=30, decimal_places=0)
    tip = models.DecimalField(max_digits=30, decimal_places=0)
    fills = models.BooleanField(default=False)
    signed_at = models.DateTimeField(auto_now_add=True)
    offered_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["transaction", "number"], name="signed_form_once"),)
        ordering = ("number",)

    def __str__(self) -> str:
        return self.tx_hash
