"""API tokens: shown once, when they are made; only a digest is kept."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from jobs import audit
from jobs.errors import OptionRefused
from jobs.models import ApiToken
from jobs.permissions import parse_permissions

_GIVEN = ("name", "user", "permissions")


class TokenForm(ModelForm):  # type: ignore[type-arg]  # generic only in the stubs
    """Permissions as words, checked."""

    def clean_permissions(self) -> list[str]:
        """Words that mean nothing are told at the field."""
        words = self.cleaned_data["permissions"]
        try:
            return parse_permissions(",".join(words)) if words else []
        except OptionRefused as error:
            raise ValidationError(str(error)) from None


@admin.register(ApiToken)
class TokenAdmin(ModelAdmin):
    """Who has one, when it was used last, and revoking it."""

    form = TokenForm
    list_display = ("name", "user", "permissions", "created_at", "last_used_at", "revoked")
    list_filter = ("revoked",)
    search_fields = ("name",)
    list_select_related = ("user",)

    def get_fields(self, request: HttpRequest, obj: ApiToken | None = None) -> tuple[str, ...]:
        """A new token has a name and a user; all else is made."""
        return (*_GIVEN, "created_at", "last_used_at", "revoked") if obj else _GIVEN

    def get_readonly_fields(self, request: HttpRequest, obj: ApiToken | None = None) -> tuple[str, ...]:
        """Whose it is does not change."""
        return () if obj is None else ("user", "created_at", "last_used_at")

    def save_model(
        self, request: HttpRequest, obj: ApiToken, form: "ModelForm[ApiToken]", change: Any
    ) -> None:
        """A new one is generated and told, this once."""
        if change:
            _save(obj, "revoke token" if obj.revoked else "change token")
            return
        token = ApiToken.generate()
        obj.digest = ApiToken.digest_of(token)
        _save(obj, "create token")
        self.message_user(
            request,
            f"The token of {obj.name} is {token} - copy it now, it is not shown again.",
            messages.WARNING,
        )

    def delete_model(self, request: HttpRequest, obj: ApiToken) -> None:
        """Gone, and told in the audit trail."""
        with transaction.atomic():
            audit.record("delete token", f"token {obj.name}", user=obj.user.get_username())
            obj.delete()

    def delete_queryset(self, request: HttpRequest, queryset: "QuerySet[ApiToken]") -> None:
        """One by one, each told."""
        for token in queryset:
            self.delete_model(request, token)


def _save(token: ApiToken, action: str) -> None:
    with transaction.atomic():
        token.save()
        audit.record(action, f"token {token.name}", user=token.user.get_username())
