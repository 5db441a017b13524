"""Tokens for programs that use the HTTP API."""

import hashlib
import secrets

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models


class ApiToken(models.Model):
    """A bearer token of a user; only its SHA-256 is stored, and the token is shown once.

    It may do no more than its user, and no more than its own `permissions` (see `jobs.permissions`).
    """

    name = models.CharField(max_length=100, unique=True)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="api_tokens")
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, editable=False)
    revoked = models.BooleanField(default=False)
    permissions = ArrayField(
        models.CharField(max_length=120), default=list, blank=True,
        help_text="view, operate, operate:QUEUE or administer, separated by commas; empty: all that its user may",
    )  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def digest_of(token: str) -> str:
        """What is stored of a token."""
        return hashlib.sha256(token.encode()).hexdigest()

    @staticmethod
    def generate() -> str:
        """A new random token with 256 bits of entropy."""
        return f"mr_{secrets.token_urlsafe(32)}"
