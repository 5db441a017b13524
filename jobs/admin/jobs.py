"""Jobs and their attempts, to read. What is done to a job is done on its page."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.admin import TabularInline
from unfold.decorators import display

from jobs.admin import shown
from jobs.admin.reading import ReadOnlyAdmin, words_filter
from jobs.configuration import queue_book
from jobs.models import Attempt, Job

OUTCOMES = ("completed", "retried", "snoozed", "failed", "stalled", "cancelled", "expired")


class QueueFilter(admin.SimpleListFilter):
    """The queues that are declared; asking the table for distinct values would read all of it."""

    title = "queue"
    parameter_name = "queue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Every declared queue."""
        return [(name, name) for name in queue_book().names]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        """The rows of the chosen one."""
        return queryset.filter(queue=self.value()) if self.value() else queryset


class AttemptInline(TabularInline):
    """A job's finished runs."""

    model = Attempt
    fields = ("run", "outcome", "started_at", "seconds", "worker", "error_type", "error")
    readonly_fields = fields
    extra = 0
    can_delete = False
    ordering = ("run",)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    """Every job."""

    list_display = ("shown_task", "shown_state", "queue", "priority", "runs", "created_at", "finished_at")
    list_filter = ("state", QueueFilter)
    search_fields = ("uid__exact", "correlation_id__exact", "subject__exact")
    search_help_text = "A job's id, its correlation id or its subject, in full"
    ordering = ("-id",)
    inlines = (AttemptInline,)
    fields = (
        "page", "task", "queue", "shown_state", "reason", "priority", "payload", "correlation_id", "subject",
        "tags", "attempt", "max_attempts", "runs", "stalls", "snoozes", "created_at", "run_at", "expires_at",
        "started_at", "finished_at", "worker", "progress", "progress_detail",
    )  # fmt: skip
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Job]":
        """Without the payloads, which may be large; the page of a job reads its own."""
        return Job.objects.defer("args", "kwargs", "options", "canvas", "policy", "progress_detail")

    @display(description="Job")
    def shown_task(self, job: Job) -> str:
        """The task and the beginning of the id."""
        return f"{job.short_task} {job.uid[:13]}"

    @display(description="State", label=shown.LABELS)
    def shown_state(self, job: Job) -> str:
        """The state as a label."""
        return str(job.state)

    @display(description="Page")
    def page(self, job: Job) -> SafeString:
        """The job's page, where it can be cancelled, retried and promoted."""
        return shown.job_link(job.uid)

    @display(description="Payload")
    def payload(self, job: Job) -> SafeString:
        """The arguments, secret ones masked."""
        return shown.payload(job)


@admin.register(Attempt)
class AttemptAdmin(ReadOnlyAdmin):
    """Every finished run."""

    list_display = ("job_page", "run", "shown_outcome", "seconds", "worker", "error_type", "ended_at")
    list_filter = (words_filter("outcome", OUTCOMES),)
    ordering = ("-id",)
    list_select_related = ("job",)
    fields = (
        "job_page", "run", "shown_outcome", "started_at", "ended_at", "seconds", "worker", "error_type",
        "error", "shown_traceback", "delay", "reason",
    )  # fmt: skip
    readonly_fields = fields

    @display(description="Job")
    def job_page(self, attempt: Attempt) -> SafeString:
        """The job's page."""
        return shown.job_link(attempt.job.uid)

    @display(description="Outcome", label=shown.LABELS)
    def shown_outcome(self, attempt: Attempt) -> str:
        """The outcome as a label."""
        return attempt.outcome

    @display(description="Traceback")
    def shown_traceback(self, attempt: Attempt) -> SafeString:
        """Where it was raised."""
        return shown.preformatted(attempt.traceback)
