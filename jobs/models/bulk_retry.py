"""Many dead letters retried at a chosen rate, after a canary."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class BulkRetry(models.Model):
    """A bulk retry and how far it is; a job works it off, and goes on from here after a restart.

    `chosen` is the filter (see `jobs.bulk_retries.Choice`), `last_letter` the newest letter that it covers,
    `cursor` the last one that was dealt with. `rate` is letters a second. The first `canary` letters go
    ahead: their jobs (`canaries`) must complete before the others follow. `state` is canary, running,
    finished or stopped; `reason` says why it stopped.
    """

    id = models.BigAutoField(primary_key=True)
    state = models.CharField(max_length=10, default="canary")
    queue = models.CharField(max_length=100)
    chosen = models.JSONField(default=dict)
    rate = models.FloatField()
    canary = models.SmallIntegerField(default=0)
    canaries: "ArrayField[list[str], list[str]]" = ArrayField(models.CharField(max_length=255), default=list)
    total = models.IntegerField()
    retried = models.IntegerField(default=0)
    refused = models.IntegerField(default=0)
    cursor = models.BigIntegerField(default=0)
    last_letter = models.BigIntegerField()
    next_at = models.DateTimeField()
    created_by = models.CharField(max_length=255)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    reason = models.TextField(default="")

    def __str__(self) -> str:
        return f"bulk retry {self.pk} of {self.queue}: {self.state}"

    @property
    def open(self) -> bool:
        """Whether there is still something to do."""
        return self.state in {"canary", "running"}
