"""A job: one row, written in the caller's own transaction."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from jobs.states import TERMINAL, State

_LIVE = [str(state) for state in State if state not in TERMINAL]
_UNWANTED = [str(State.CANCELLED), str(State.FAILED)]
_TERMINAL = [str(state) for state in sorted(TERMINAL)]


class Job(models.Model):
    """One piece of work.

    `uid` is its public id and Celery's task id. `runs` counts every start and fences them: an event is
    folded only if its run is the one that the row expects. `attempt` counts the runs that used up an
    attempt, `stalls` those that were lost with their worker, `snoozes` those that only waited.
    `cancel_requested_at` is when somebody asked to cancel the job while it ran; see `jobs.store.cancelling`.
    """

    id = models.BigAutoField(primary_key=True)
    uid = models.CharField(max_length=255)  # unique by a constraint: `unique=True` would add a second index
    queue = models.CharField(max_length=100)
    task = models.CharField(max_length=255)
    state = models.CharField(max_length=10, choices=[(str(s), str(s)) for s in State])
    priority = models.SmallIntegerField(default=5)
    args = models.JSONField(default=list)
    kwargs = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    canvas = models.JSONField(null=True)
    runs = models.IntegerField(default=0)
    attempt = models.IntegerField(default=0)
    stalls = models.SmallIntegerField(default=0)
    snoozes = models.IntegerField(default=0)
    max_attempts = models.IntegerField(null=True)
    pending_children = models.IntegerField(default=0)
    children_count = models.IntegerField(db_default=0)
    failed_children = models.IntegerField(db_default=0)
    policy = models.JSONField(null=True)  # of a parent, if not the default: see `jobs.flows.Policy`
    unique_key = models.CharField(
        max_length=80, null=True
    )  # a digest; with a suffix while it follows another job
    idempotency_key = models.CharField(max_length=64, null=True)
    limit_key = models.CharField(max_length=100, default="", db_default="")  # what limits per key count it by
    correlation_id = models.CharField(max_length=255, default="")
    subject = models.CharField(max_length=255, default="")
    tags: "ArrayField[list[str], list[str]]" = ArrayField(models.CharField(max_length=50), default=list)
    created_at = models.DateTimeField()
    run_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    progress = models.FloatField(null=True)
    progress_detail = models.JSONField(null=True)
    worker = models.CharField(max_length=255, default="")
    reason = models.TextField(default="")
    cancel_requested_at = models.DateTimeField(null=True)
    cancel_reason = models.TextField(db_default="")
    cancel_grace = models.FloatField(null=True)

    class Meta:
        indexes = (
            models.Index(
                "queue", models.F("priority").desc(), "id", name="job_release", condition=Q(state="waiting")
            ),
            models.Index(
                "queue",
                "limit_key",
                models.F("priority").desc(),
                "id",
                name="job_release_by_key",
                condition=Q(state="waiting") & ~Q(limit_key=""),
            ),
            models.Index(fields=["queue", "run_at"], name="job_due", condition=Q(state="delayed")),
            models.Index(fields=["queue"], name="job_active", condition=Q(state="active")),
            models.Index(fields=["id"], name="job_blocked", condition=Q(state="blocked")),
            models.Index(
                fields=["queue", "state", "id"], name="job_finished", condition=Q(state__in=_TERMINAL)
            ),
            models.Index(fields=["task", "id"], name="job_task"),
            models.Index(fields=["state", "id"], name="job_ended_badly", condition=Q(state__in=_UNWANTED)),
            models.Index(
                fields=["queue"],
                name="job_cancelling",
                condition=Q(cancel_requested_at__isnull=False, state__in=_LIVE),
            ),
            models.Index(fields=["correlation_id"], name="job_correlation", condition=~Q(correlation_id="")),
            models.Index(
                fields=["idempotency_key", "id"],
                name="job_idempotency",
                condition=Q(idempotency_key__isnull=False, state="completed"),
            ),
            models.Index(fields=["subject", "id"], name="job_subject", condition=~Q(subject="")),
            GinIndex(fields=["tags"], name="job_tags", condition=~Q(tags=[])),
        )
        constraints = (
            models.UniqueConstraint(fields=["uid"], name="job_uid"),
            models.UniqueConstraint(
                fields=["unique_key"],
                name="job_unique_live",
                condition=Q(unique_key__isnull=False, state__in=_LIVE),
            ),
        )

    def __str__(self) -> str:
        return f"{self.short_task} {self.uid}"

    @property
    def short_task(self) -> str:
        """The task's name without its module."""
        return self.task.rpartition(".")[2]

    @property
    def finished(self) -> bool:
        """Whether the job reached a terminal state."""
        return self.state in TERMINAL

    def payload(self) -> dict[str, Any]:
        """Positional and keyword arguments as they were stored."""
        return {"args": self.args, "kwargs": self.kwargs}
