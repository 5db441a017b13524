"""What somebody wants done on a chain, and by which rules it is checked."""

from django.db import models


class Strategy(models.Model):
    """The rules for intents: which checks run, and how the transaction is sent.

    `checks` is a list of {"check": name, ...parameters}, run in this order. `confirmations` is how many
    blocks must hold the transaction; `gas` are the parameters of `execution`'s fee policy.
    """

    name = models.SlugField(unique=True)
    description = models.TextField(default="")
    checks = models.JSONField()
    confirmations = models.PositiveSmallIntegerField(default=2)
    gas = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "strategies"

    def __str__(self) -> str:
        return self.name


class Intent(models.Model):
    """One wish. Amounts are whole numbers in base units (wei).

    `token` is empty for the chain's own coin. `request_key` is the caller's own: the same key never makes a
    second intent. `reasons` says why it is invalid; `error` why it failed on the way.
    """

    class State(models.TextChoices):
        """From received to an end: invalid, confirmed or failed."""

        RECEIVED = "received"
        INVALID = "invalid"
        ACCEPTED = "accepted"
        SENT = "sent"
        CONFIRMED = "confirmed"
        FAILED = "failed"

    class Kind(models.TextChoices):
        """What is to be done."""

        TRANSFER = "transfer"
        TOKEN_TRANSFER = "token_transfer"  # noqa: S105 -- a kind, no secret
        CALL = "call"

    uid = models.CharField(max_length=36, unique=True)
    request_key = models.CharField(max_length=100, null=True, unique=True)
    strategy = models.ForeignKey(Strategy, models.PROTECT, related_name="intents")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    chain_id = models.BigIntegerField(null=True)
    sender = models.CharField(max_length=42)
    recipient = models.CharField(max_length=42)
    token = models.CharField(max_length=42, default="")
    amount = models.DecimalField(max_digits=78, decimal_places=0)
    data = models.TextField(default="0x")
    max_gas_price = models.DecimalField(max_digits=30, decimal_places=0, null=True)
    expires_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.RECEIVED)
    reasons = models.JSONField(default=list)
    error = models.TextField(default="")
    correlation_id = models.CharField(max_length=255, default="")
    tx_hash = models.CharField(max_length=66, default="")
    block_number = models.BigIntegerField(null=True)
    gas_used = models.BigIntegerField(null=True)
    fee_paid = models.DecimalField(max_digits=78, decimal_places=0, null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes = (models.Index(fields=["sender", "-created_at"], name="intent_of_sender"),)

    def __str__(self) -> str:
        return f"{self.kind} of {self.amount} from {self.sender} ({self.state})"

    @property
    def finished(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in {self.State.INVALID, self.State.CONFIRMED, self.State.FAILED}
