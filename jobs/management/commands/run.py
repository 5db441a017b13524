"""`manage.py run`: the whole of Millrace on this machine, until Ctrl-C."""

import os
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, OutputWrapper

from jobs.localservices.errors import LocalServiceError
from jobs.localservices.placement import prepare_state_dir
from jobs.supervisor import background
from jobs.supervisor.errors import SupervisorError
from jobs.supervisor.plan import Plan
from jobs.supervisor.stopping import StopRequest
from jobs.supervisor.supervisor import Supervisor

EXAMPLE = """\
example:
  python manage.py run                 until Ctrl-C
  PORT=9000 python manage.py run
  python manage.py run --detach        returns when ready; log in .millrace/run.log
  python manage.py run --stop
"""


class Command(BaseCommand):
    """Runs everything that the Procfile names, on local services."""

    help = "Start PostgreSQL, Valkey and every process of the Procfile, and keep them running."
    requires_system_checks = ()  # the checks may want the very database that is not up yet

    def add_arguments(self, parser: ArgumentParser) -> None:
        """In the foreground, in the background, or stop."""
        parser.epilog = EXAMPLE
        parser.formatter_class = RawDescriptionHelpFormatter
        mode = parser.add_mutually_exclusive_group()
        mode.add_argument("--detach", action="store_true", help="return when the site is ready")
        mode.add_argument("--stop", action="store_true", help="stop the run of this clone")

    def handle(self, *, detach: bool, stop: bool, **options: Any) -> None:
        """Run, run in the background, or stop the run."""
        try:
            if stop:
                stopped = background.stop(settings.STATE_DIR)
                self.stdout.write("Stopped." if stopped else "Nothing is running.")
            elif detach:
                self.stdout.write("Starting...")
                self.stdout.write(background.start(settings.BASE_DIR, settings.STATE_DIR))
            else:
                self._run()
        except (LocalServiceError, SupervisorError) as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            raise SystemExit(130) from None

    def _run(self) -> None:
        stop = StopRequest()
        stop.listen()
        prepare_state_dir(settings.STATE_DIR)
        Supervisor(_plan(), _raw(self.stdout), stop).run()


def _plan() -> Plan:
    return Plan(
        folder=settings.BASE_DIR,
        state_dir=settings.STATE_DIR,
        environ=dict(os.environ),
        procfile=settings.BASE_DIR / "Procfile",
        steps=(("prepare",),),
        first=("web", "sandbox"),
        ready=(("PORT", "/healthz"), ("SANDBOX_PORT", "/sandbox/health")),
        login=" / ".join(settings.DEMO_LOGIN) if settings.DEBUG else "",
    )


def _raw(stdout: OutputWrapper) -> Any:
    """The stream below Django's wrapper, which would add line endings of its own."""
    return stdout._out  # noqa: SLF001 -- Django offers no other way to it
