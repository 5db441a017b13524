"""Notifications, who hears of dead letters, and which causes were told already."""

from django.db import models


class Notification(models.Model):
    """One message to one recipient, delivered once per idempotency key.

    `recipient` is as people may see it: a webhook's path may be its password. `digest` is of the whole
    message, so that a key cannot be used for another one. `attempts` counts tries to hand it over.
    """

    class State(models.TextChoices):
        """`retrying`: the last try failed and another one may come."""

        WAITING = "waiting"
        SENDING = "sending"
        RETRYING = "retrying"
        DELIVERED = "delivered"
        FAILED = "failed"

    id = models.BigAutoField(primary_key=True)
    idempotency_key = models.CharField(max_length=200, unique=True)
    channel = models.CharField(max_length=10)
    recipient = models.CharField(max_length=320)
    subject = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    job_uid = models.CharField(max_length=255, default="")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempts = models.IntegerField(default=0)
    last_error = models.TextField(default="", blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    delivered_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.channel} to {self.recipient}: {self.subject}"


class AlertRecipient(models.Model):
    """Somebody who hears of dead letters, beside ALERT_WEBHOOK_URL; edited in the admin.

    `queues` empty means every queue.
    """

    class Channel(models.TextChoices):
        """How."""

        WEBHOOK = "webhook"
        EMAIL = "email"
        LOG = "log"

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=100, unique=True)
    channel = models.CharField(max_length=10, choices=Channel)
    recipient = models.CharField(max_length=2000)
    queues = models.JSONField(default=list, blank=True)
    enabled = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name


class LetterAlert(models.Model):
    """The last time that a cause of dead letters was told: until the cooldown is over it is not told again."""

    id = models.BigAutoField(primary_key=True)
    fingerprint = models.CharField(max_length=40, unique=True)
    newest_letter = models.BigIntegerField()
    told_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.fingerprint} told at {self.told_at}"
