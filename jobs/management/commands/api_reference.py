"""`manage.py api_reference`: the HTTP API as Markdown. Example: `manage.py api_reference --write`."""

from importlib import import_module

from django.conf import settings

from jobs.cli.reference_command import ReferenceCommand
from jobs.http.api import api
from jobs.http.reference import reference


class Command(ReferenceCommand):
    """Every endpoint."""

    help = "The HTTP API as Markdown. Example: manage.py api_reference --write"
    file = "http-api.md"

    def page(self) -> str:
        """From the OpenAPI document."""
        import_module(settings.ROOT_URLCONF)  # every application adds its routers there
        return reference(api.get_openapi_schema())
