"""The Django application `jobs`."""

from django.apps import AppConfig
from django.core.checks import register
from django.db.models.signals import post_migrate


class JobsConfig(AppConfig):
    name = "jobs"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let every command check the declarations first, and `migrate` make the declared schedules."""
        from jobs import tracing
        from jobs.checks import check_declarations
        from jobs.schedules import after_migrate

        tracing.load()
        register(check_declarations, "jobs")
        post_migrate.connect(after_migrate, sender=self, dispatch_uid="jobs.schedules")
