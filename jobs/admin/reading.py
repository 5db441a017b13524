"""An admin that only shows, and whose lists do not count millions of rows."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import DecimalField, Model, QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from unfold.admin import ModelAdmin

_COUNTED = 2_000


class BoundedPaginator(Paginator):  # type: ignore[type-arg]  # generic only in the stubs
    """Counts at most so many rows: the pages behind them are reached by filters."""

    @cached_property
    def count(self) -> int:
        """The number of rows, up to the bound."""
        rows: Any = self.object_list
        return int(rows.order_by()[:_COUNTED].count()) if isinstance(rows, QuerySet) else len(rows)


def words_filter(field: str, words: Sequence[str]) -> type[admin.SimpleListFilter]:
    """A filter by a field whose values are known: asking the table for them would read all of it."""

    class WordsFilter(admin.SimpleListFilter):
        title = field
        parameter_name = field

        def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
            return [(word, word.capitalize()) for word in words]

        def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
            return queryset.filter(**{field: self.value()}) if self.value() else queryset

    return WordsFilter


class ReadOnlyAdmin(ModelAdmin):
    """Rows that the platform writes: nobody adds, changes or deletes them here."""

    paginator = BoundedPaginator
    show_full_result_count = False
    list_per_page = 50
    actions: Sequence[str] = ()

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False


def shows(model: type[Model], columns: str, **options: Any) -> None:
    """Register a model to be read only: its list has these columns (names with spaces between), newest first.

    `exclude` names the columns that no page of the admin shows.
    """
    shown = [_plain(model, name) for name in columns.split()]
    admin.site.register(model, ReadOnlyAdmin, **{"list_display": shown, "ordering": ("-pk",), **options})


def _plain(model: type[Model], name: str) -> str | Callable[[Any], str]:
    """A column of exact amounts without the zeros at their ends; any other as it is."""
    columns = {field.name: field for field in model._meta.concrete_fields}  # noqa: SLF001 -- documented all the same
    if not isinstance(columns.get(name), DecimalField):
        return name

    @admin.display(description=name.replace("_", " "), ordering=name)
    def amount(row: Any) -> str:
        value = getattr(row, name)
        return "-" if value is None else f"{value.normalize():f}"

    return amount
