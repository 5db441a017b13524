"""An admin whose every change is told in the audit trail."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Model
from django.http import HttpRequest

from jobs import audit


class Audited:
    """For classes of `ModelAdmin`, named before it. Django calls these for forms and for the list's actions.

    `audited_as` is what a row is called, by default as the model says; `audited_fields` are told beside it.
    """

    audited_as = ""
    audited_fields: Sequence[str] = ()

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """A new row."""
        self._record("add", obj)
        return super().log_addition(request, obj, message)  # type: ignore[misc]  # of ModelAdmin

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """What a form changed: the names of its fields, and the values of those that are told."""
        self._record("change", obj, change=message)
        return super().log_change(request, obj, message)  # type: ignore[misc]  # of ModelAdmin

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        """What was deleted, by its form or by the list's action."""
        for obj in queryset:
            self._record("delete", obj)
        return super().log_deletions(request, queryset)  # type: ignore[misc]  # of ModelAdmin

    def _record(self, act: str, obj: Model, **told: Any) -> None:
        name = self.audited_as or str(obj._meta.verbose_name)  # noqa: SLF001 -- documented all the same
        values = {field: getattr(obj, field) for field in self.audited_fields}
        audit.record(f"{act} {name}", f"{name} {obj}", **values, **told)
