"""`manage.py seed_demo`: the demo's login. Example: `python manage.py seed_demo`."""

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    """Creates the user of `DEMO_LOGIN`, once; only with DEBUG, as everybody knows it."""

    help = "Create the demo login (user demo, password demo). Only with DEBUG. May be run again."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Create or leave alone, and say so."""
        if not settings.DEBUG:
            raise CommandError("The demo login has a password that everybody knows; it needs DEBUG=true.")
        name, password = settings.DEMO_LOGIN
        users = get_user_model().objects
        user, created = users.get_or_create(
            username=name, defaults={"is_staff": True, "is_superuser": True, "email": "demo@localhost"}
        )
        if created:
            user.set_password(password)
            user.save()
        self.stdout.write(
            f"Demo login: user {name}, password {password}" + ("" if created else " (was there already)")
        )
