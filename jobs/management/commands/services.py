"""`manage.py services up|down|status`: the PostgreSQL and Valkey that Millrace runs for itself."""

import json
import re
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from jobs.localservices.errors import LocalServiceError
from jobs.localservices.launcher import Launcher, ServiceStatus

EXAMPLE = """\
example:
  python manage.py services up
  python manage.py services status --json

With DATABASE_URL and REDIS_URL set, nothing is started: those are used.
`status` exits with 0 when everything runs, else with 1.
"""


class Command(BaseCommand):
    """Starts, stops and shows the local services."""

    help = "Start, stop or show the local PostgreSQL and Valkey."
    requires_system_checks = ()  # the checks may want the very database that is not up yet

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`up`, `down` or `status`, and how to print."""
        parser.epilog = EXAMPLE
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.add_argument("action", choices=["up", "down", "status"])
        parser.add_argument("--json", action="store_true", help="print JSON (with passwords) for programs")

    def handle(self, *, action: str, json: bool, **options: Any) -> None:
        """Do it, then print what runs."""
        launcher = Launcher(settings.STATE_DIR)
        try:
            if action == "up":
                launcher.up()
            elif action == "down":
                launcher.down()
            services = launcher.status()
        except LocalServiceError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(_as_json(services) if json else _as_text(services))
        if action == "status" and not all(service.running for service in services):
            raise SystemExit(1)


def _as_json(services: list[ServiceStatus]) -> str:
    return json.dumps([asdict(service) for service in services], indent=2)


def _as_text(services: list[ServiceStatus]) -> str:
    return "\n".join(f"{service.name:9} {_state(service):28} {_masked(service.url)}" for service in services)


def _state(service: ServiceStatus) -> str:
    if service.provided:
        return "from the environment"
    return f"running (process {service.pid})" if service.running else "stopped"


def _masked(url: str) -> str:
    """`url` without its password: screens are shared, logs are kept."""
    return re.sub(r":[^:/@]*@", ":***@", url)
