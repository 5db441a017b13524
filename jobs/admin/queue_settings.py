"""What holds for a queue instead of its declaration: changed here as by HTTP and on the command line."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminSelectWidget

from jobs import control
from jobs.configuration import queue_book
from jobs.errors import OptionRefused, Unavailable
from jobs.models import QueueSettings

_ACTS = {"open": control.resume, "paused": control.pause, "draining": control.drain}


class SettingsForm(forms.ModelForm):  # type: ignore[type-arg]  # generic only in the stubs
    """Checked as every change of a queue is."""

    class Meta:
        model = QueueSettings
        fields = ("queue", "state", *control.SETTABLE, "reason")

    def clean(self) -> dict[str, Any]:
        """Limits that make no sense are told at their field."""
        values = super().clean() or {}
        queue = values.get("queue") or self.instance.queue
        limits = {name: values[name] for name in control.SETTABLE if name in values}
        if queue in queue_book():
            try:
                control.check_limits(queue, limits)
            except OptionRefused as error:
                for name, fault in error.fields.items():
                    self.add_error(name, fault)
        return values


@admin.register(QueueSettings)
class QueueSettingsAdmin(ModelAdmin):
    """A row per queue that somebody changed; an empty field leaves what is declared, 0 and `none` lift a limit."""

    form = SettingsForm
    list_display = ("queue", "state", *control.SETTABLE, "changed_by", "changed_at")
    list_filter = ("state",)
    search_fields = ("queue",)

    def get_readonly_fields(self, request: HttpRequest, obj: QueueSettings | None = None) -> tuple[str, ...]:
        """Which queue a row is of does not change."""
        return () if obj is None else ("queue",)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """The declared queues that have no row yet, to choose from."""
        if db_field.name != "queue":
            return super().formfield_for_dbfield(db_field, request, **kwargs)
        taken = set(QueueSettings.objects.values_list("queue", flat=True))
        names = [name for name in queue_book().names if name not in taken]
        return forms.ChoiceField(choices=[(name, name) for name in names], widget=UnfoldAdminSelectWidget)

    def save_model(
        self, request: HttpRequest, obj: QueueSettings, form: "forms.ModelForm[QueueSettings]", change: Any
    ) -> None:
        """Through the same door as everybody, so that the audit trail and the leaders hear of it."""
        by = request.user.get_username()
        changed = {name: form.cleaned_data[name] for name in control.SETTABLE if name in form.changed_data}
        if changed:
            control.change_limits(obj.queue, changed, by)
        if "state" in form.changed_data or "reason" in form.changed_data or not changed:
            _ACTS[obj.state](obj.queue, by, obj.reason)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A pause that Redis did not hear of holds all the same; the page says what that means."""
        try:
            answer: HttpResponse = super().changeform_view(request, *args, **kwargs)
        except Unavailable as error:
            self.message_user(request, str(error), messages.WARNING)
            return HttpResponseRedirect(request.path)
        return answer

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Emptying the fields takes the overrides back."""
        return False
