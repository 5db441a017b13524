"""The audit trail, to read; for administrators."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.decorators import display

from jobs.access import may_administer
from jobs.admin import shown
from jobs.admin.reading import ReadOnlyAdmin
from jobs.models import AuditEntry


@admin.register(AuditEntry)
class AuditAdmin(ReadOnlyAdmin):
    """Who did what to what."""

    list_display = ("number", "at", "actor", "action", "target")
    search_fields = ("=actor", "=target")
    search_help_text = "An actor or a target, in full"
    ordering = ("-number",)
    fields = ("number", "at", "actor", "action", "target", "shown_detail", "previous", "digest")
    readonly_fields = fields

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Administrators alone."""
        return may_administer(request.user)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """The same for the index."""
        return may_administer(request.user)

    @display(description="Detail")
    def shown_detail(self, entry: AuditEntry) -> SafeString:
        """As it was recorded."""
        return shown.as_json(entry.detail)
