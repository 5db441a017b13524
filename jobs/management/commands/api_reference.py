"""`manage.py api_reference`: the HTTP API as Markdown. Example: `manage.py api_reference --write`."""

from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from jobs.http.api import api
from jobs.http.reference import reference


class Command(BaseCommand):
    """Prints every endpoint, or writes docs/reference/http-api.md."""

    help = "The HTTP API as Markdown. Example: manage.py api_reference --write"

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to."""
        parser.add_argument("--write", action="store_true", help="write docs/reference/http-api.md")

    def handle(self, *_: Any, write: bool, **__: Any) -> None:
        """Print or write."""
        import_module(settings.ROOT_URLCONF)  # every application adds its routers there
        page = reference(api.get_openapi_schema())
        if not write:
            self.stdout.write(page, ending="")
            return
        (settings.BASE_DIR / "docs" / "reference" / "http-api.md").write_text(page)
        self.stdout.write("Wrote docs/reference/http-api.md")
