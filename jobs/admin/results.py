"""Results, to read."""

from django.contrib import admin
from django.utils.safestring import SafeString
from django_celery_results.models import GroupResult, TaskResult
from unfold.decorators import display

from jobs.admin import shown
from jobs.admin.reading import ReadOnlyAdmin, words_filter

_LABELS = {"SUCCESS": "success", "FAILURE": "danger", "REVOKED": "warning"}

for _model in (TaskResult, GroupResult):
    admin.site.unregister(_model)


@admin.register(TaskResult)
class ResultAdmin(ReadOnlyAdmin):
    """What jobs gave back. Arguments are left out: the job's page shows them, masked."""

    list_display = ("task_id", "task_name", "shown_status", "worker", "date_done")
    list_filter = (words_filter("status", ("SUCCESS", "FAILURE", "REVOKED")),)
    search_fields = ("task_id__exact",)
    search_help_text = "A job's id, in full"
    ordering = ("-id",)
    fields = (
        "page",
        "task_name",
        "shown_status",
        "shown_result",
        "shown_traceback",
        "worker",
        "date_created",
        "date_done",
    )
    readonly_fields = fields

    @display(description="Status", label=_LABELS)
    def shown_status(self, result: TaskResult) -> str:
        """In Celery's words."""
        return str(result.status)

    @display(description="Job")
    def page(self, result: TaskResult) -> SafeString:
        """The job's page."""
        return shown.job_link(result.task_id)

    @display(description="Result")
    def shown_result(self, result: TaskResult) -> SafeString:
        """As it is stored, JSON."""
        return shown.preformatted(result.result or "")

    @display(description="Traceback")
    def shown_traceback(self, result: TaskResult) -> SafeString:
        """Where it failed."""
        return shown.preformatted(result.traceback or "")
