"""An account that may act."""

from django.db import models


class Wallet(models.Model):
    """A key of our own, or a contract that an owner's key acts through.

    `key` is the private key, encrypted (see `jobs.encryption`); a smart account has none, but an `owner`,
    whose key signs.
    """

    class Kind(models.TextChoices):
        """How the account acts."""

        KEY = "key"
        SMART_ACCOUNT = "smart_account"

    label = models.CharField(max_length=100, default="")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    address = models.CharField(max_length=42, unique=True)
    key = models.JSONField(null=True)
    owner = models.CharField(max_length=42, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(kind="key", key__isnull=False, owner="")
                | models.Q(kind="smart_account", key__isnull=True) & ~models.Q(owner=""),
                name="wallet_has_key_or_owner",
            ),
        )

    def __str__(self) -> str:
        return self.label or self.address
