"""The Django application `execution`."""

from django.apps import AppConfig
from django.core.checks import register


class ExecutionConfig(AppConfig):
    name = "execution"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let every command check the settings first."""
        from execution.checks import check_settings

        register(check_settings, "execution")
