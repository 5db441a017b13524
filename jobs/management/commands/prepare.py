"""`manage.py prepare`: what a run needs done before its processes start, in one process."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """Migrations, static files when they are not served from where they lie, the demo login."""

    help = "Migrate, collect static files unless DEBUG, create the demo login with DEBUG. May be run again."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Do what is needed, in order."""
        call_command("migrate", interactive=False, verbosity=0)
        if settings.DEBUG:
            call_command("seed_demo", stdout=self.stdout)
        else:
            call_command("collectstatic", interactive=False, verbosity=0)
