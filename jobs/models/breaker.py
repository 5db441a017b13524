"""Circuit breakers: what operators want of them, and what they did."""

from django.db import models


class BreakerSetting(models.Model):
    """An operator's will for one breaker: open or closed, whatever happens. No row: it decides itself."""

    name = models.CharField(max_length=120, unique=True)
    mode = models.CharField(max_length=6)
    by = models.CharField(max_length=150)
    since = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.name} forced {self.mode}"


class BreakerEvent(models.Model):
    """A breaker changed its phase, or was forced; written by whoever made the change."""

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=120)
    phase = models.CharField(max_length=10)
    reason = models.TextField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = (models.Index(fields=["name", "id"], name="breaker_event_name"),)

    def __str__(self) -> str:
        return f"{self.name} {self.phase}: {self.reason}"
