"""What operators set over a queue's declaration, live."""

from django.db import models


class QueueSettings(models.Model):
    """One queue's overrides. A field that is null leaves what `config/queues.py` declares.

    `rate` and `rate_per_key` are texts such as `10/s`, or `none`; 0 stands for no limit in the numbers.
    `drain_to` is the id of the last job that may start while the queue drains.
    """

    class State(models.TextChoices):
        """Whether jobs start."""

        OPEN = "open"
        PAUSED = "paused"
        DRAINING = "draining"

    queue = models.CharField(max_length=100, primary_key=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    drain_to = models.BigIntegerField(null=True, blank=True)
    rate = models.CharField(max_length=50, null=True, blank=True)
    rate_per_key = models.CharField(max_length=50, null=True, blank=True)
    burst = models.IntegerField(null=True, blank=True)
    max_running = models.IntegerField(null=True, blank=True)
    max_running_per_key = models.IntegerField(null=True, blank=True)
    fair = models.BooleanField(null=True, blank=True)
    ageing = models.FloatField(null=True, blank=True)
    reason = models.TextField(default="", blank=True)
    changed_by = models.CharField(max_length=255, default="", blank=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "queue settings"

    def __str__(self) -> str:
        return f"{self.queue} ({self.state})"
