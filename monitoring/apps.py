"""The Django application `monitoring`."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class MonitoringConfig(AppConfig):
    name = "monitoring"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let `migrate` make the rules of a new installation."""
        from monitoring.rules import create_missing

        post_migrate.connect(create_missing, sender=self, dispatch_uid="monitoring.rules")
