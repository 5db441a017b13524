"""The Django application `jobs`."""

from django.apps import AppConfig
from django.core.checks import register


class JobsConfig(AppConfig):
    name = "jobs"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let every command check the declarations first."""
        from jobs.checks import check_declarations

        register(check_declarations, "jobs")
