"""API tokens: shown once, when they are made; only a digest is kept."""

from typing import Any

from django.contrib import admin, messages
from django.forms import ModelForm
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from jobs.models import ApiToken


@admin.register(ApiToken)
class TokenAdmin(ModelAdmin):
    """Who has one, when it was used last, and revoking it."""

    list_display = ("name", "user", "created_at", "last_used_at", "revoked")
    list_filter = ("revoked",)
    search_fields = ("name",)
    list_select_related = ("user",)

    def get_fields(self, request: HttpRequest, obj: ApiToken | None = None) -> tuple[str, ...]:
        """A new token has a name and a user; all else is made."""
        return ("name", "user") if obj is None else ("name", "user", "created_at", "last_used_at", "revoked")

    def get_readonly_fields(self, request: HttpRequest, obj: ApiToken | None = None) -> tuple[str, ...]:
        """Whose it is does not change."""
        return () if obj is None else ("user", "created_at", "last_used_at")

    def save_model(
        self, request: HttpRequest, obj: ApiToken, form: "ModelForm[ApiToken]", change: Any
    ) -> None:
        """A new one is generated and told, this once."""
        if change:
            obj.save()
            return
        token = ApiToken.generate()
        obj.digest = ApiToken.digest_of(token)
        obj.save()
        self.message_user(
            request,
            f"The token of {obj.name} is {token} - copy it now, it is not shown again.",
            messages.WARNING,
        )
