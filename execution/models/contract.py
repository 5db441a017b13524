"""A contract of ours: what it was made from, and where it is."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Contract(models.Model):
    """Vyper source, or bytecode with its ABI; after the deployment its address and receipt.

    `request_key` is the caller's own: the same key never makes a second contract. `code_verified` says that
    the code at the address is the one that was meant.
    """

    class State(models.TextChoices):
        """From received to an end."""

        RECEIVED = "received"
        COMPILED = "compiled"
        DEPLOYED = "deployed"
        FAILED = "failed"

    class Environment(models.TextChoices):
        """What it is for; it decides the job's priority."""

        DEVELOPMENT = "development"
        STAGING = "staging"
        PRODUCTION = "production"

    uid = models.CharField(max_length=36, unique=True)
    request_key = models.CharField(max_length=100, null=True, unique=True)
    name = models.CharField(max_length=100)
    environment = models.CharField(max_length=20, choices=Environment.choices)
    tags: "ArrayField[list[str], list[str]]" = ArrayField(models.CharField(max_length=50), default=list)
    sender = models.CharField(max_length=42)
    source = models.TextField(default="")
    compiler = models.CharField(max_length=40, default="")
    abi = models.JSONField(default=list)
    bytecode = models.TextField(default="")
    arguments = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=State.choices, default=State.RECEIVED)
    error = models.TextField(default="")
    correlation_id = models.CharField(max_length=255, default="")
    chain_id = models.BigIntegerField(null=True)
    address = models.CharField(max_length=42, default="")
    tx_hash = models.CharField(max_length=66, default="")
    block_number = models.BigIntegerField(null=True)
    gas_used = models.BigIntegerField(null=True)
    receipt = models.JSONField(null=True)
    code_verified = models.BooleanField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.state})"
