"""What a schedule does beside ticking, and what became of its ticks. The schedule is a `PeriodicTask`."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from jobs.scheduling.policy import Missed, Overlap


class SchedulePolicy(models.Model):
    """How a schedule deals with missed and overlapping ticks, and how far its ticks were dealt with.

    `definition` is the schedule as it was read last: when it differs, the schedule was edited. `next_due` is
    null while it is disabled.
    """

    schedule = models.OneToOneField(
        "django_celery_beat.PeriodicTask", models.CASCADE, primary_key=True, related_name="policy"
    )
    missed = models.CharField(
        max_length=10, default=Missed.ONE, choices=[(str(one), str(one)) for one in Missed],
        help_text="Of ticks that no beat was there for: run none, the latest one, or all within the window.",
    )  # fmt: skip
    window = models.FloatField(
        "window in seconds", default=3600.0, validators=[MinValueValidator(0)],
        help_text="With `all`: ticks missed by more than this are left out.",
    )  # fmt: skip
    overlap = models.CharField(
        max_length=10, default=Overlap.ALLOW, choices=[(str(one), one.replace("_", " ")) for one in Overlap],
        help_text="While the job of an earlier tick lives: run beside it, leave the tick out, or queue one job.",
    )  # fmt: skip
    jitter = models.FloatField(
        "jitter in seconds", default=0.0, validators=[MinValueValidator(0)],
        help_text="Each tick's job starts later by a part of this, the same for a tick whoever fires it.",
    )  # fmt: skip
    checked_until = models.DateTimeField(null=True, editable=False)
    definition = models.TextField(default="", editable=False)
    next_due = models.DateTimeField(null=True, editable=False, db_index=True)

    def __str__(self) -> str:
        return f"missed: {self.missed}, overlap: {self.overlap}, jitter: {self.jitter:g} s"


class ScheduledRun(models.Model):
    """One tick: the job that it enqueued or met, or why it enqueued none."""

    id = models.BigAutoField(primary_key=True)
    schedule = models.ForeignKey(
        "django_celery_beat.PeriodicTask", models.CASCADE, related_name="scheduled_runs", db_index=False
    )
    due = models.DateTimeField()
    fired_at = models.DateTimeField()
    outcome = models.CharField(max_length=10)  # enqueued, skipped, missed
    by_hand = models.BooleanField(default=False)
    job_uid = models.CharField(max_length=255, default="")
    reason = models.TextField(default="")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["schedule", "due"], name="scheduled_run_once"),)
        indexes = (
            models.Index(fields=["schedule", "-id"], name="scheduled_run_with_job", condition=~Q(job_uid="")),
        )

    def __str__(self) -> str:
        return f"{self.schedule_id} at {self.due:%Y-%m-%d %H:%M:%S}: {self.outcome}"
