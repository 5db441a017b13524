"""`manage.py demo`: a guided tour in the terminal, with or without `make run` going."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from analysis.tour import Tour
from jobs.supervisor.runfile import RunFile


class Command(BaseCommand):
    """Analyses sample wallets, fails a job on purpose and brings it back; says what it did and where to look."""

    help = (
        "A guided tour: analyse sample wallets, compare them, fail a job on purpose and bring it back. "
        "Starts everything first when nothing is running, and stops it afterwards. Example: manage.py demo"
    )

    def handle(self, *_: Any, **__: Any) -> None:
        """Take the tour; CommandError when any of it failed."""
        with _everything_running() as addresses:
            settings.SANDBOX_URL = addresses["sandbox"].rstrip("/")
            failures = Tour(addresses["site"].rstrip("/")).take()
        if failures:
            raise CommandError("The tour found: " + "; ".join(failures))


@contextmanager
def _everything_running() -> Iterator[dict[str, str]]:
    """The addresses of the run that is going, or of one that lasts as long as the tour."""
    run = RunFile(settings.STATE_DIR)
    ours = run.running_pid() is None
    if ours:
        _run("--detach")
    try:
        yield json.loads((settings.STATE_DIR / "run.json").read_text())
    finally:
        if ours:
            _run("--stop")


def _run(option: str) -> None:
    command = [sys.executable, "manage.py", "run", option]
    if subprocess.run(command, cwd=settings.BASE_DIR, check=False).returncode:  # noqa: S603 -- our own command
        raise CommandError("Millrace did not start; .millrace/run.log says why.")
