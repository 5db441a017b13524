"""Answers that are kept by the idempotency key of their request."""

from django.conf import settings
from django.db import models


class AnsweredRequest(models.Model):
    """A request that carried an Idempotency-Key, and what it was answered; kept for a day.

    Written in the transaction of what the request did: either both are there, or neither.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    request = models.CharField(max_length=64)  # SHA-256 of method, path and body
    at = models.DateTimeField(auto_now_add=True, db_index=True)
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.BinaryField(default=bytes)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["user", "key"], name="answered_request_key"),)

    def __str__(self) -> str:
        return self.key
