"""The schedules of django-celery-beat, in the admin's look."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest
from django_celery_beat.admin import (
    ClockedScheduleAdmin,
    CrontabScheduleAdmin,
    PeriodicTaskAdmin,
    PeriodicTaskForm,
)
from django_celery_beat.admin import TaskSelectWidget as BareTaskSelect
from django_celery_beat.models import (
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
    SolarSchedule,
)
from unfold.admin import ModelAdmin, StackedInline
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from jobs import audit
from jobs.admin.audited import Audited
from jobs.models import SchedulePolicy

for _model in (PeriodicTask, IntervalSchedule, CrontabSchedule, SolarSchedule, ClockedSchedule):
    admin.site.unregister(_model)


class TaskSelect(UnfoldAdminSelectWidget, BareTaskSelect):
    """The tasks that are known, to choose from."""


class ScheduleForm(PeriodicTaskForm):
    """Django-celery-beat's form with the theme's fields."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["task"].widget = UnfoldAdminTextInputWidget()
        self.fields["regtask"].widget = TaskSelect()


class PolicyInline(StackedInline):
    """How a schedule deals with missed and overlapping ticks."""

    model = SchedulePolicy
    can_delete = False


class Schedules(Audited):
    """What runs when, and the times that it names, are told as schedules."""

    audited_as = "schedule"


@admin.register(PeriodicTask)
class ScheduleAdmin(Schedules, PeriodicTaskAdmin, ModelAdmin):
    """What runs when; edits take effect within seconds."""

    audited_fields = ("enabled",)
    form = ScheduleForm
    inlines = (PolicyInline,)

    def enable_tasks(self, request: HttpRequest, queryset: Any) -> None:
        """The list's action, told."""
        self._told("enable schedule", super().enable_tasks, request, queryset)

    def disable_tasks(self, request: HttpRequest, queryset: Any) -> None:
        """The list's action, told."""
        self._told("disable schedule", super().disable_tasks, request, queryset)

    def toggle_tasks(self, request: HttpRequest, queryset: Any) -> None:
        """The list's action, told."""
        self._told("toggle schedule", super().toggle_tasks, request, queryset)

    def run_tasks(self, request: HttpRequest, queryset: Any) -> None:
        """The list's action, told."""
        self._told("run schedule", super().run_tasks, request, queryset)

    def _told(self, action: str, act: Callable[..., None], request: HttpRequest, queryset: Any) -> None:
        with transaction.atomic():
            for name in queryset.order_by("name").values_list("name", flat=True):
                audit.record(action, f"schedule {name}")
            act(request, queryset)


@admin.register(IntervalSchedule)
class IntervalAdmin(Schedules, ModelAdmin):
    """Every so often."""


@admin.register(CrontabSchedule)
class CrontabAdmin(Schedules, CrontabScheduleAdmin, ModelAdmin):
    """By the clock."""


@admin.register(SolarSchedule)
class SolarAdmin(Schedules, ModelAdmin):
    """By the sun."""


@admin.register(ClockedSchedule)
class ClockedAdmin(Schedules, ClockedScheduleAdmin, ModelAdmin):
    """Once, at a moment."""
