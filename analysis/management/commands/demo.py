"""`manage.py demo`: a guided tour in the terminal, with or without `make run` going."""

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from analysis.inline_tour import InlineTour
from analysis.management.commands import _inline_world as inline_world
from analysis.tour import Tour
from jobs.supervisor.runfile import RunFile


class Command(BaseCommand):
    """Analyses sample wallets, fails a job on purpose and brings it back; says what it did and where to look."""

    help = (
        "A guided tour: analyse sample wallets, compare them, score a coin, search the news, read an exchange "
        "account, send coins, deploy a contract, speak, fail a job on purpose and bring it back. "
        "Starts everything first when nothing is running, and stops it afterwards. Example: manage.py demo"
    )
    requires_system_checks = ()  # the checks may want the very database that is not up yet

    def add_arguments(self, parser: CommandParser) -> None:
        """With workers, or in this process."""
        parser.add_argument(
            "--inline",
            action="store_true",
            help="run the jobs in this process, without Redis and workers, in a database of their own",
        )

    def handle(self, *_: Any, inline: bool, **__: Any) -> None:
        """Take the tour; CommandError when any of it failed."""
        run = RunFile(settings.STATE_DIR)
        if not inline and run.running_pid() is None:
            with _everything_running():
                _again()  # these settings were read before the servers had ports and passwords
            return
        failures = self._inline() if inline else self._with_workers()
        if failures:
            raise CommandError("The tour found: " + "; ".join(failures))

    def _with_workers(self) -> list[str]:
        addresses = json.loads((settings.STATE_DIR / "run.json").read_text())
        settings.SANDBOX_URL = addresses["sandbox"].rstrip("/")
        return Tour(addresses["site"].rstrip("/")).take()

    def _inline(self) -> list[str]:
        logging.disable(logging.CRITICAL)  # the tour tells what happens, as it happens
        self.stdout.write("PostgreSQL, a database of its own and the sandbox; no Redis, no workers.")
        with inline_world.postgres(), inline_world.database(), inline_world.sandbox() as address:
            settings.SANDBOX_URL = address
            return InlineTour(self.stdout.write).take()


@contextmanager
def _everything_running() -> Iterator[None]:
    """A run that lasts as long as the tour."""
    if _manage("run", "--detach"):
        raise CommandError("Millrace did not start; .millrace/run.log says why.")
    try:
        yield
    finally:
        _manage("run", "--stop")


def _again() -> None:
    """The tour in a process of its own, which reads the settings anew; it has told what failed."""
    code = _manage("demo")
    if code:
        sys.exit(code)


def _manage(*arguments: str) -> int:
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=settings.BASE_DIR, check=False).returncode  # noqa: S603 -- our own command
