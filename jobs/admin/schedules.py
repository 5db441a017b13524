"""The schedules of django-celery-beat, in the admin's look."""

from typing import Any

from django.contrib import admin
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


@admin.register(PeriodicTask)
class ScheduleAdmin(PeriodicTaskAdmin, ModelAdmin):
    """What runs when; edits take effect within seconds."""

    form = ScheduleForm
    inlines = (PolicyInline,)


@admin.register(IntervalSchedule)
class IntervalAdmin(ModelAdmin):
    """Every so often."""


@admin.register(CrontabSchedule)
class CrontabAdmin(CrontabScheduleAdmin, ModelAdmin):
    """By the clock."""


@admin.register(SolarSchedule)
class SolarAdmin(ModelAdmin):
    """By the sun."""


@admin.register(ClockedSchedule)
class ClockedAdmin(ClockedScheduleAdmin, ModelAdmin):
    """Once, at a moment."""
