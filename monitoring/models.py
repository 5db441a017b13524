"""Alerts: the rules, what they raised, and what is silenced."""

from django.db import models
from django.db.models import Q

SEVERITIES = ("warning", "critical")
CHANNELS = ("webhook", "email", "log")  # that notifications know


class AlertRule(models.Model):
    """When somebody is to be told: while a measure (`monitoring.measures`) exceeds `threshold`.

    `subject` is one queue, breaker or schedule, empty for each of them. Seconds: `for_seconds` that it must
    hold before it fires, `cooldown_seconds` after a message in which nobody is told of the same again.
    `channel` and `recipient` are those of notifications; an empty channel means the setting's.
    """

    name = models.CharField(max_length=80, unique=True)
    measure = models.CharField(max_length=30)
    subject = models.CharField(max_length=200, blank=True, default="")
    threshold = models.FloatField()
    for_seconds = models.FloatField(default=0)
    cooldown_seconds = models.FloatField(default=900)
    severity = models.CharField(max_length=10, default="warning")
    channel = models.CharField(max_length=20, blank=True, default="")
    recipient = models.CharField(max_length=500, blank=True, default="")
    advice = models.TextField(blank=True, default="")
    enabled = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name


class Alert(models.Model):
    """Something that a rule found, `pending` until it has held long enough, then `firing`, then `resolved`.

    Resolved ones are the history. `told_at` is when a message about it was enqueued, null while silenced.
    """

    rule = models.CharField(max_length=80)
    subject = models.CharField(max_length=200)
    state = models.CharField(max_length=10)
    severity = models.CharField(max_length=10)
    value = models.FloatField()
    threshold = models.FloatField()
    since = models.DateTimeField()
    fired_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)
    silenced = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["rule", "subject"], name="alert_open_once", condition=~Q(state="resolved")
            ),
        )
        indexes = (models.Index(fields=["rule", "subject", "-told_at"], name="alert_told"),)

    def __str__(self) -> str:
        return f"{self.rule} {self.subject}: {self.state}"


class Silence(models.Model):
    """Nobody is told of these until a moment; empty names mean all."""

    rule = models.CharField(max_length=80, blank=True, default="")
    subject = models.CharField(max_length=200, blank=True, default="")
    until = models.DateTimeField()
    by = models.CharField(max_length=150)
    reason = models.TextField(blank=True, default="")

    def __str__(self) -> str:
        return f"{self.rule or 'all'} {self.subject}: silent until {self.until}"
