"""What was computed, in the admin: to read, but for the strategies of intents and the switch of alert rules."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin
from unfold.decorators import display

from analysis.models import (
    AlertFiring,
    AlertRule,
    BehaviorReport,
    Intent,
    PnlReport,
    RiskAssessment,
    SimilarityReport,
    Strategy,
    WalletDashboard,
)
from analysis.services.intents.parameters import faults_of_checks, faults_of_gas
from jobs.admin.audited import Audited
from jobs.admin.reading import ReadOnlyAdmin, shows
from jobs.admin.shown import as_json

_LABELS = {"low": "success", "moderate": "info", "high": "warning", "critical": "danger"}


class StrategyForm(forms.ModelForm):  # type: ignore[type-arg]  # generic only in the stubs
    """Checks that the checks and every parameter exist."""

    class Meta:
        model = Strategy
        fields = ("name", "description", "checks", "confirmations", "gas")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["gas"].required = False

    def clean_gas(self) -> dict[str, Any]:
        """Parameters by name; None means what is usual."""
        gas = self.cleaned_data["gas"] or {}
        if not isinstance(gas, dict):
            raise forms.ValidationError('Parameters by name, such as {"bump_after": 5}.')
        _refuse(faults_of_gas(gas))
        return gas

    def clean_checks(self) -> list[dict[str, Any]]:
        """A list of checks, each by its name, with parameters that it has."""
        steps = self.cleaned_data["checks"]
        if not isinstance(steps, list) or not all(isinstance(step, dict) for step in steps):
            raise forms.ValidationError('A list, such as [{"check": "structure"}, {"check": "balance"}].')
        _refuse(faults_of_checks(steps))
        return steps


def _refuse(faults: list[str]) -> None:
    if faults:
        raise forms.ValidationError(faults)


@admin.register(Strategy)
class StrategyAdmin(Audited, ModelAdmin):
    """By which rules intents are checked; the next intent is."""

    audited_fields = ("checks",)

    form = StrategyForm
    list_display = ("name", "description", "confirmations", "created_at")
    search_fields = ("name",)


@admin.register(AlertRule)
class AlertRuleAdmin(Audited, ModelAdmin):
    """Users' rules: switched on and off here, made on the coins' pages. A recipient may hold a password."""

    audited_fields = ("enabled",)
    list_display = ("__str__", "user", "channel", "enabled", "last_triggered_at")
    list_filter = ("enabled", "kind", "channel")
    list_select_related = ("user", "coin")
    fields = (
        "enabled", "user", "coin", "kind", "threshold", "window", "cooldown", "channel", "created_at",
        "last_triggered_at",
    )  # fmt: skip
    readonly_fields = fields[1:]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never: rules are made on the coins' pages."""
        return False


@admin.register(RiskAssessment)
class RiskAssessmentAdmin(ReadOnlyAdmin):
    """Each assessment of a coin, with what was looked at."""

    list_display = ("coin", "score", "shown_level", "assessed_at")
    list_filter = ("level",)
    list_select_related = ("coin",)
    ordering = ("-pk",)
    fields = ("coin", "score", "shown_level", "assessed_at", "shown_parts")
    readonly_fields = fields

    @display(description="Level", label=_LABELS)
    def shown_level(self, row: RiskAssessment) -> str:
        """The level as a label."""
        return row.level

    @display(description="Parts")
    def shown_parts(self, row: RiskAssessment) -> SafeString:
        """Points and inputs of each part."""
        return as_json(row.parts)


_LARGE = "report", "matches"  # whole reports are on the pages

shows(AlertFiring, "message rule value threshold fired_at", list_select_related=("rule__coin",))
shows(
    Intent,
    "uid kind sender recipient amount state created_at",
    list_filter=("state", "kind", "strategy"),
    search_fields=("=uid", "=sender", "=correlation_id"),
)
shows(
    PnlReport,
    "address method net transactions computed_at",
    list_filter=("method",),
    search_fields=("=address",),
    exclude=_LARGE,
)
shows(
    BehaviorReport,
    "address style complete computed_at",
    list_filter=("style", "complete"),
    search_fields=("=address",),
    exclude=_LARGE,
)
shows(
    SimilarityReport, "request_id created_at computed_at", search_fields=("=request_id",), exclude=("result",)
)
shows(WalletDashboard, "job_uid created_at", search_fields=("=job_uid",))
