"""A job that failed for good, kept until somebody deals with it."""

from django.db import models
from django.db.models import Q, Value

_DUE = Q(resolution="", next_retry_at__isnull=False)
_UNPLANNED = Q(resolution="", retryable=True, automatic__isnull=True)


class DeadLetter(models.Model):
    """A failed job with its payload, so that it outlives the job's own row.

    `fingerprint` groups letters with the same cause: task, error type and the place it was raised.
    `resolution` is empty while it is open, then `retried` or `discarded`. `history` tells the runs before
    the last one, as the job's row may be pruned. `automatic` says how many automatic retries came before,
    None until that was looked at; `next_retry_at` is when the next one is due. `retried_as` is the id of
    the job that a retry let run.
    """

    id = models.BigAutoField(primary_key=True)
    job_uid = models.CharField(max_length=255)
    queue = models.CharField(max_length=100)
    task = models.CharField(max_length=255)
    args = models.JSONField(default=list)
    kwargs = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    priority = models.SmallIntegerField(default=5)
    correlation_id = models.CharField(max_length=255, default="")
    tags = models.JSONField(default=list)
    error_type = models.CharField(max_length=255, default="")
    error = models.TextField(default="")
    traceback = models.TextField(default="")
    fingerprint = models.CharField(max_length=40, default="")
    retryable = models.BooleanField(default=True)
    reason = models.TextField(default="")
    history = models.JSONField(default=list, db_default=Value([], models.JSONField()))
    unique_key = models.CharField(max_length=64, null=True)
    attempts = models.IntegerField(default=0)
    runs = models.IntegerField(default=0)
    failed_at = models.DateTimeField()
    resolution = models.CharField(max_length=10, default="", blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.CharField(max_length=150, default="", blank=True)
    note = models.TextField(default="", blank=True)
    automatic = models.IntegerField(null=True)
    next_retry_at = models.DateTimeField(null=True, blank=True)
    retried_as = models.CharField(max_length=255, default="", db_default="", blank=True)

    class Meta:
        indexes = (
            models.Index(fields=["queue", "-id"], name="letter_open", condition=Q(resolution="")),
            models.Index(fields=["fingerprint"], name="letter_fingerprint"),
            models.Index(fields=["resolved_at"], name="letter_resolved", condition=~Q(resolution="")),
            models.Index(fields=["next_retry_at"], name="letter_due", condition=_DUE),
            models.Index(fields=["queue", "id"], name="letter_unplanned", condition=_UNPLANNED),
            models.Index(fields=["retried_as", "id"], name="letter_lineage", condition=~Q(retried_as="")),
        )
        constraints = (models.UniqueConstraint(fields=["job_uid", "runs"], name="letter_once_per_failure"),)

    def __str__(self) -> str:
        return f"{self.task} {self.job_uid}: {self.error_type}"
