"""What somebody wants to be told about a coin, and what they were told."""

from django.conf import settings
from django.db import models

from enrichment.models import Coin


class AlertKind(models.TextChoices):
    """What a rule watches."""

    PRICE_ABOVE = "price_above", "Price above"
    PRICE_BELOW = "price_below", "Price below"
    RISES = "rises", "Price rises by"
    FALLS = "falls", "Price falls by"
    VOLUME_ABOVE = "volume_above", "24 h volume above"
    RISK_ABOVE = "risk_above", "Risk score above"
    SOCIAL_TREND = "social_trend", "Mentions above the usual by"


class AlertChannel(models.TextChoices):
    """How the news is sent."""

    LOG = "log", "Log"
    EMAIL = "email", "E-mail"
    WEBHOOK = "webhook", "Webhook"


class AlertRule(models.Model):
    """A user's rule about a coin.

    `threshold` is in dollars for prices and volumes, in per cent for a rise or a fall within `window`, in
    points for the risk, in standard deviations for mentions. After it fired it is silent for `cooldown`.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="alert_rules")
    coin = models.ForeignKey(Coin, models.CASCADE, related_name="alert_rules")
    kind = models.CharField(max_length=16, choices=AlertKind)
    threshold = models.DecimalField(max_digits=38, decimal_places=18)
    window = models.DurationField()
    cooldown = models.DurationField()
    channel = models.CharField(max_length=8, choices=AlertChannel, default=AlertChannel.LOG)
    recipient = models.CharField(max_length=500, default="", blank=True)
    enabled = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_triggered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["coin"], condition=models.Q(enabled=True), name="alert_rule_enabled"),
        )

    def __str__(self) -> str:
        return f"{self.coin}: {self.get_kind_display()} {self.threshold.normalize():f}"


class AlertFiring(models.Model):
    """A rule that came true. `value` is what was seen, against the `threshold` of that time."""

    rule = models.ForeignKey(AlertRule, models.CASCADE, related_name="firings")
    fired_at = models.DateTimeField()
    value = models.DecimalField(max_digits=38, decimal_places=18)
    threshold = models.DecimalField(max_digits=38, decimal_places=18)
    message = models.CharField(max_length=500)
    job_uid = models.CharField(max_length=255, default="")

    class Meta:
        indexes = (models.Index(fields=["rule", "-fired_at"], name="alert_firing_latest"),)

    def __str__(self) -> str:
        return self.message
