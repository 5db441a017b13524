"""Alert rules and silences in the admin; alerts to read."""

from django.contrib import admin
from unfold.admin import ModelAdmin

from jobs.admin.audited import Audited
from jobs.admin.reading import ReadOnlyAdmin
from monitoring.measures import MEASURES
from monitoring.models import CHANNELS, SEVERITIES, Alert, AlertRule, Silence


@admin.register(AlertRule)
class AlertRuleAdmin(Audited, ModelAdmin):
    """When somebody is to be told."""

    audited_fields = ("enabled", "threshold")
    list_display = (
        "name",
        "measure",
        "subject",
        "threshold",
        "for_seconds",
        "severity",
        "channel",
        "enabled",
    )
    list_filter = ("enabled", "severity")
    search_fields = ("name", "measure")

    def formfield_for_dbfield(self, db_field, request, **kwargs):  # type: ignore[no-untyped-def]  # Django's own hook
        """Measures, severities and channels are those that exist."""
        choices = {"measure": sorted(MEASURES), "severity": SEVERITIES, "channel": ("", *CHANNELS)}
        if found := choices.get(db_field.name):
            from django import forms

            named = [(name, name or "as the settings say") for name in found]
            return forms.ChoiceField(choices=named, required=db_field.name != "channel")
        return super().formfield_for_dbfield(db_field, request, **kwargs)


@admin.register(Silence)
class SilenceAdmin(Audited, ModelAdmin):
    """What nobody is told of."""

    audited_fields = ("until", "reason")
    list_display = ("rule", "subject", "until", "by", "reason")


@admin.register(Alert)
class AlertAdmin(ReadOnlyAdmin):
    """What fires, and what did."""

    list_display = ("rule", "subject", "state", "severity", "value", "threshold", "since", "resolved_at")
    list_filter = ("state", "severity")
    ordering = ("-id",)
