"""What became of one run of a job."""

from django.db import models
from django.db.models import Q


class Attempt(models.Model):
    """A finished run: written by the fold, never changed.

    `outcome` is completed, retried, snoozed, failed, stalled, cancelled or expired. Times are Redis's;
    `seconds` is the run time.
    """

    id = models.BigAutoField(primary_key=True)
    job = models.ForeignKey(
        "jobs.Job", models.CASCADE, related_name="attempts", db_constraint=False, db_index=False
    )
    run = models.IntegerField()
    outcome = models.CharField(max_length=10)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField()
    seconds = models.FloatField(null=True)
    worker = models.CharField(max_length=255, default="")
    error_type = models.CharField(max_length=255, default="")
    error = models.TextField(default="")
    traceback = models.TextField(default="")
    delay = models.FloatField(null=True)
    reason = models.TextField(default="")

    class Meta:
        # What went well is most of the table, and is never looked for by itself: it is not in the index.
        indexes = (
            models.Index(fields=["outcome", "id"], name="attempt_outcome", condition=~Q(outcome="completed")),
        )
        constraints = (models.UniqueConstraint(fields=["job", "run"], name="attempt_once_per_run"),)

    def __str__(self) -> str:
        return f"run {self.run} of job {self.job_id}: {self.outcome}"
