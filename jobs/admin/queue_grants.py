"""Who may operate single queues."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminSelectWidget

from jobs import audit
from jobs.configuration import queue_book
from jobs.models import QueueGrant


@admin.register(QueueGrant)
class QueueGrantAdmin(ModelAdmin):
    """A row lets a user, or all of a group, start and change the jobs of one queue."""

    list_display = ("queue", "user", "group")
    list_filter = ("queue",)
    list_select_related = ("user", "group")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """The declared queues, to choose from."""
        if db_field.name != "queue":
            return super().formfield_for_dbfield(db_field, request, **kwargs)
        names = dict.fromkeys(queue.declared_name for queue in queue_book())
        return forms.ChoiceField(choices=[(name, name) for name in names], widget=UnfoldAdminSelectWidget)

    def log_addition(self, request: HttpRequest, obj: QueueGrant, message: Any) -> Any:
        """Told in the audit trail."""
        audit.record("grant queue", f"queue {obj.queue}", to=str(obj.user or obj.group))
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: QueueGrant, message: Any) -> Any:
        """Told in the audit trail."""
        audit.record("change grant", f"queue {obj.queue}", to=str(obj.user or obj.group), change=message)
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        """Told in the audit trail."""
        for obj in queryset:
            audit.record("revoke grant", f"queue {obj.queue}", of=str(obj.user or obj.group))
        return super().log_deletions(request, queryset)
